import { Input, Popconfirm, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { codeText } from '@/shared/i18n'
import { Empty, Section } from '@/shared/ui/parts'
import { addressKinds, type Address, type CustomerRecord } from '../types'
import { Masked } from './Masked'
import { AddLink, InlineForm, RowAct } from './Parts'
import { useEdit } from './useEdit'

interface Form {
  id: string | null
  kind: string
  text: string
}

/** Where they live, work, have their line and get their bill; masked until there is a reason to see it whole. */
export function Addresses({ record, writes }: { record: CustomerRecord; writes: boolean }) {
  const { t } = useTranslation()
  const [form, setForm] = useState<Form | null>(null)
  const edit = useEdit(record.id)
  const base = `/customers/${record.id}/addresses`

  const save = async () => {
    if (!form || (!form.id && !form.text.trim())) return
    const body: Record<string, string> = { kind: form.kind }
    if (form.text.trim()) body.text = form.text.trim()
    if (await edit.run(() => (form.id ? api.patch(`${base}/${form.id}`, body) : api.post(base, body)))) setForm(null)
  }
  const remove = (one: Address) => void edit.run(() => api.delete(`${base}/${one.id}`), { text: t('customers.addresses.removed') })
  const kindName = (one: Address) => codeText(t, 'customers.address', one.kind)

  const editor = form && (
    <InlineForm
      busy={edit.busy}
      problem={edit.problem}
      onSave={() => void save()}
      onCancel={() => {
        edit.clear()
        setForm(null)
      }}
    >
      <Select
        size="small"
        value={form.kind}
        aria-label={t('customers.addresses.kind')}
        onChange={(kind: string) => setForm({ ...form, kind })}
        options={addressKinds.map((value) => ({ value, label: t(`customers.address.${value}`) }))}
      />
      <Input
        size="small"
        className="wide"
        autoFocus
        value={form.text}
        maxLength={500}
        aria-label={t('customers.addresses.text')}
        placeholder={t(form.id ? 'customers.addresses.textNew' : 'customers.addresses.text')}
        onChange={(event) => setForm({ ...form, text: event.target.value })}
      />
    </InlineForm>
  )
  return (
    <Section
      icon="home"
      title={t('customers.addresses.title')}
      count={record.addresses.length}
      extra={writes && !form && <AddLink label={t('customers.add')} onClick={() => setForm({ id: null, kind: 'home', text: '' })} />}
    >
      {record.addresses.length === 0 && !form && <Empty>{t('customers.addresses.none')}</Empty>}
      {record.addresses.map((one) =>
        form?.id === one.id ? (
          <div key={one.id}>{editor}</div>
        ) : (
          <div key={one.id} className="row edit-row">
            <span className="row-lead">
              <span className="muted row-kind">{kindName(one)}</span>
              <Masked customerId={record.id} field={`address:${one.id}`} masked={one.text_masked} label={kindName(one)} />
            </span>
            {writes && (
              <span className="row-acts">
                <RowAct icon="pen" label={t('customers.change', { what: kindName(one) })} onClick={() => setForm({ id: one.id, kind: one.kind, text: '' })} />
                {/* Masked, so it could not be put back as it was: this one asks. */}
                <Popconfirm
                  title={t('customers.addresses.removeAsk', { what: kindName(one) })}
                  okText={t('customers.addresses.removeVerb')}
                  cancelText={t('customers.cancel')}
                  okButtonProps={{ danger: true }}
                  onConfirm={() => remove(one)}
                >
                  <span>
                    <RowAct icon="close" label={t('customers.remove', { what: kindName(one) })} onClick={() => undefined} />
                  </span>
                </Popconfirm>
              </span>
            )}
          </div>
        ),
      )}
      {form && form.id === null && editor}
    </Section>
  )
}
