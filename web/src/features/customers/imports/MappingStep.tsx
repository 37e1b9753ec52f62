import { Button, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { ActionKey } from '@/shared/keys/ActionKey'
import { useAction } from '@/shared/keys/actions'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Section } from '@/shared/ui/parts'
import { nameIn, useClasses, useFields } from '../reference'
import { beginMapping, checkMapping, keys, onMatches, targets, type CustomerImport, type Mapping } from './model'

/** What each column is, how a row finds its customer, and what happens to one that is known already. */
export function MappingStep({ one, onDone }: { one: CustomerImport; onDone: () => Promise<void> }) {
  const { t, i18n } = useTranslation()
  const fields = useFields()
  const classes = useClasses()
  const [form, setForm] = useState<Mapping>(() => beginMapping(one))
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const wrong = checkMapping(form)
  const { suggested } = one

  const submit = async () => {
    setTried(true)
    if (wrong.length > 0 || busy) return
    setBusy(true)
    setProblem(null)
    try {
      const mapping = Object.fromEntries(Object.entries(form.mapping).filter(([, field]) => field))
      await api.put(`/customers/imports/${one.id}/mapping`, { mapping, key: form.key, on_match: form.on_match, class: form.class })
      await api.post(`/customers/imports/${one.id}/run`, { dry: true })
      await onDone()
    } catch (error) {
      setProblem(error)
      setBusy(false)
    }
  }
  useAction('submit', () => void submit())

  const options = [
    ...targets.map((value) => ({ value: value as string, label: t(`customers.imports.target.${value.replace('.', '_')}`) })),
    ...(fields.data ?? []).map((field) => ({ value: `custom.${field.code}`, label: nameIn(field, i18n.language) })),
  ]
  const fieldName = (field: string | undefined) => options.find((option) => option.value === field)?.label ?? field ?? ''

  return (
    <>
      <Section icon="list" title={t('customers.imports.mapping')} count={t('customers.imports.mapped', { some: Object.values(form.mapping).filter(Boolean).length, all: one.columns.length })}>
        <div className="map-scroll">
          <table className="plain-table mapping">
            <thead>
              <tr>
                <th scope="col">{t('customers.imports.columnHead')}</th>
                <th scope="col">{t('customers.imports.becomes')}</th>
                <th scope="col">{t('customers.imports.samples')}</th>
              </tr>
            </thead>
            <tbody>
              {one.columns.map((column, index) => {
                const field = form.mapping[column] ?? null
                const fault = wrong.find((each) => each.column === column)
                return (
                  <tr key={column}>
                    <th scope="row" className="ellipsis" title={column}>
                      {column}
                    </th>
                    <td>
                      <Select
                        value={field ?? ''}
                        className="map-select"
                        showSearch={{ optionFilterProp: 'label' }}
                        status={fault ? 'error' : undefined}
                        aria-label={t('customers.imports.becomesOf', { column })}
                        data-testid={`map-${index}`}
                        onChange={(next: string) => setForm({ ...form, mapping: { ...form.mapping, [column]: next || null } })}
                        options={[{ value: '', label: t('customers.imports.ignore') }, ...options]}
                      />
                      {field && suggested[column] === field && <span className="map-hint">{t('customers.imports.suggested')}</span>}
                      {fault && <ErrorLine>{t(fault.text, { field: fieldName(fault.field) })}</ErrorLine>}
                    </td>
                    <td className="map-samples">
                      {(one.sample ?? [])
                        .map((row) => row[index] ?? '')
                        .filter(Boolean)
                        .slice(0, 3)
                        .join(' · ')}
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      </Section>
      <div className="form import-rules">
        <Field label={t('customers.imports.key')} id="import-key" hint={t('customers.imports.keyHint')}>
          <Select id="import-key" value={form.key} onChange={(key: Mapping['key']) => setForm({ ...form, key })} options={keys.map((value) => ({ value, label: t(`customers.imports.keys.${value}`) }))} />
        </Field>
        {form.key !== 'none' && (
          <Field label={t('customers.imports.onMatch')}>
            <Radio.Group
              value={form.on_match}
              onChange={(event) => setForm({ ...form, on_match: event.target.value as Mapping['on_match'] })}
              options={onMatches.map((value) => ({ value, label: t(`customers.imports.onMatches.${value}`) }))}
            />
          </Field>
        )}
        <Field label={t('customers.imports.class')} id="import-class" hint={t('customers.imports.classHint')}>
          <Select
            id="import-class"
            allowClear
            value={form.class ?? undefined}
            placeholder={t('customers.nothing')}
            onChange={(value: string | undefined) => setForm({ ...form, class: value ?? null })}
            options={classes.data?.map((row) => ({ value: row.code, label: nameIn(row, i18n.language) }))}
          />
        </Field>
      </div>
      {tried && wrong.filter((fault) => !fault.column).map((fault) => <ErrorLine key={fault.text}>{t(fault.text, { field: fieldName(fault.field) })}</ErrorLine>)}
      {problem !== null && <ErrorLine problem={problem} />}
      <div className="import-acts">
        <span className="muted">
          <Icon name="info" size={14} /> {t('customers.imports.dryHint')}
        </span>
        <Button type="primary" loading={busy} data-testid="import-check" onClick={() => void submit()}>
          {t('customers.imports.check')} <ActionKey id="submit" />
        </Button>
      </div>
    </>
  )
}
