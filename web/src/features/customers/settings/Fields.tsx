import { Checkbox, Popconfirm, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { problemText } from '@/shared/i18n'
import { Chip, Empty, ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { AddLink, InlineForm, RowAct } from '../record/Parts'
import { useFields } from '../reference'
import { fieldTypes, type CustomField } from '../types'
import { Names } from './Classes'
import { isCode, useSave } from './useSave'

/** Fields of a tenant's own, in the order they are shown. */
export function Fields() {
  const { t } = useTranslation()
  const query = useFields()
  const rows = query.data ?? []
  const [form, setForm] = useState<{ row: CustomField; fresh: boolean } | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const { save, busy, problem, clear } = useSave('customer-fields')
  const submit = async () => {
    if (!form) return
    const { code, type, ...rest } = form.row
    const changes = { ...rest, name: rest.name.trim(), name_en: rest.name_en.trim() }
    if (!isCode(code)) setWrong('customers.settings.codeWrong')
    else if (!changes.name || !changes.name_en) setWrong('customers.settings.namesMissing')
    else if (type === 'choice' && rest.choices.length === 0) setWrong('customers.settings.choicesMissing')
    else {
      setWrong(null)
      if (await save(() => (form.fresh ? api.post('/customer-fields', { code, type, ...changes }) : api.patch(`/customer-fields/${code}`, changes)))) setForm(null)
    }
  }
  const move = (index: number, by: number) => {
    const order = [...rows]
    const [one] = order.splice(index, 1)
    if (!one) return
    order.splice(index + by, 0, one)
    void save(async () => {
      for (const [position, row] of order.entries()) if (row.position !== position) await api.patch(`/customer-fields/${row.code}`, { position })
    })
  }
  const remove = (one: CustomField) =>
    void save(() => api.delete(`/customer-fields/${one.code}`)).then((done) => done && toast(t('customers.settings.fieldRemoved', { name: one.name }), 'ok'))
  const editor = form && (
    <InlineForm
      busy={busy}
      problem={problem}
      onSave={() => void submit()}
      onCancel={() => {
        clear()
        setWrong(null)
        setForm(null)
      }}
    >
      <Names form={form.row} fixed={!form.fresh} onChange={(row) => setForm({ ...form, row: { ...form.row, ...row } })} />
      <Select
        size="small"
        value={form.row.type}
        disabled={!form.fresh}
        aria-label={t('customers.settings.type')}
        onChange={(type: CustomField['type']) => setForm({ ...form, row: { ...form.row, type } })}
        options={fieldTypes.map((value) => ({ value, label: t(`customers.settings.types.${value}`) }))}
      />
      <Checkbox checked={form.row.required} onChange={(event) => setForm({ ...form, row: { ...form.row, required: event.target.checked } })}>
        {t('customers.settings.required')}
      </Checkbox>
      {form.row.type === 'choice' && (
        <Select
          size="small"
          mode="tags"
          open={false}
          suffixIcon={null}
          className="wide-all"
          value={form.row.choices}
          placeholder={t('customers.settings.choicesHint')}
          aria-label={t('customers.settings.choices')}
          onChange={(choices: string[]) => setForm({ ...form, row: { ...form.row, choices } })}
        />
      )}
      {wrong && <ErrorLine>{t(wrong)}</ErrorLine>}
    </InlineForm>
  )
  return (
    <Section
      icon="list"
      title={t('customers.settings.fields')}
      count={rows.length}
      extra={
        !form && (
          <AddLink
            label={t('customers.add')}
            testId="field-add"
            onClick={() => setForm({ row: { code: '', name: '', name_en: '', type: 'text', choices: [], required: false, position: rows.length }, fresh: true })}
          />
        )
      }
    >
      {query.isPending && <Skeleton rows={3} />}
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {problem !== null && !form && <ErrorLine>{problemText(problem, t)}</ErrorLine>}
      {query.isSuccess && rows.length === 0 && !form && <Empty>{t('customers.settings.noFields')}</Empty>}
      {rows.map((one, index) =>
        form && !form.fresh && form.row.code === one.code ? (
          <div key={one.code}>{editor}</div>
        ) : (
          <div key={one.code} className="row edit-row" data-testid="field-row">
            <span className="row-lead">
              <span className="ellipsis">{one.name}</span>
              <span className="muted ellipsis">{one.name_en}</span>
            </span>
            <span className="row-side">
              {one.required && <Chip tone="amber">{t('customers.settings.required')}</Chip>}
              <Chip title={one.choices.join(t('customers.comma'))}>{t(`customers.settings.types.${one.type}`)}</Chip>
              <span className="muted">{one.code}</span>
              <span className="row-acts">
                <RowAct icon="arrowUp" label={t('customers.settings.up', { name: one.name })} disabled={index === 0 || busy} onClick={() => move(index, -1)} />
                <RowAct icon="arrowDown" label={t('customers.settings.down', { name: one.name })} disabled={index === rows.length - 1 || busy} onClick={() => move(index, 1)} />
                <RowAct icon="pen" label={t('customers.change', { what: one.name })} onClick={() => setForm({ row: one, fresh: false })} />
                <Popconfirm
                  title={t('customers.settings.fieldRemoveAsk', { name: one.name })}
                  okText={t('customers.addresses.removeVerb')}
                  cancelText={t('customers.cancel')}
                  okButtonProps={{ danger: true }}
                  onConfirm={() => remove(one)}
                >
                  <span>
                    <RowAct icon="close" label={t('customers.remove', { what: one.name })} onClick={() => undefined} />
                  </span>
                </Popconfirm>
              </span>
            </span>
          </div>
        ),
      )}
      {form?.fresh && editor}
    </Section>
  )
}
