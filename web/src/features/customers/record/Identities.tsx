import { Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import { serverNow } from '@/shared/time/clock'
import { day } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { Chip, Empty, Section } from '@/shared/ui/parts'
import { identityKinds, identityRoles, type CustomerRecord, type Identity } from '../types'
import { AddLink, InlineForm, RowAct } from './Parts'
import { useEdit } from './useEdit'

const icons: Record<string, IconName> = { phone: 'phone', email: 'mail', web: 'globe', wechat: 'message', account: 'receipt', other: 'tag' }

interface Form {
  id: string | null
  kind: string
  value: string
  role: string
  label: string
}
const fresh: Form = { id: null, kind: 'phone', value: '', role: 'owner', label: '' }

/** How the customer is reached and recognised: numbers, addresses of mail, names elsewhere. */
export function Identities({ record, writes }: { record: CustomerRecord; writes: boolean }) {
  const { t, i18n } = useTranslation()
  const [form, setForm] = useState<Form | null>(null)
  const edit = useEdit(record.id)
  const base = `/customers/${record.id}/identities`
  const rank = (one: Identity) => identityKinds.indexOf(one.kind as (typeof identityKinds)[number]) * 10 + identityRoles.indexOf(one.role as (typeof identityRoles)[number])
  const rows = record.identities.toSorted((a, b) => rank(a) - rank(b))

  const save = async () => {
    if (!form?.value.trim()) return
    const body = { kind: form.kind, value: form.value.trim(), role: form.role, label: form.label.trim() || null }
    const { kind: _, ...changes } = body
    if (await edit.run(() => (form.id ? api.patch(`${base}/${form.id}`, changes) : api.post(base, body)))) setForm(null)
  }
  const remove = (one: Identity) =>
    void edit.run(() => api.delete(`${base}/${one.id}`), {
      text: t('customers.identities.removed', { value: show(one) }),
      undo: () => api.post(base, { kind: one.kind, value: one.raw ?? one.value, role: one.role, label: one.label }),
    })
  const show = (one: Identity) => (one.kind === 'phone' ? phone(one.value) : one.value)

  return (
    <Section
      icon="phone"
      title={t('customers.identities.title')}
      count={rows.length}
      extra={writes && !form && <AddLink label={t('customers.add')} testId="identity-add" onClick={() => setForm(fresh)} />}
    >
      {rows.length === 0 && !form && <Empty>{t('customers.identities.none')}</Empty>}
      {rows.map((one) =>
        form?.id === one.id ? (
          <IdentityForm key={one.id} form={form} onChange={setForm} edit={edit} onSave={() => void save()} />
        ) : (
          <div key={one.id} className={`row edit-row ${one.role === 'former' ? 'is-former' : ''}`} data-testid="identity">
            <span className="row-lead">
              <Icon name={icons[one.kind] ?? 'tag'} size={14} className="muted" />
              <span className="ellipsis" title={one.raw && one.raw !== one.value ? t('customers.identities.asGiven', { raw: one.raw }) : codeText(t, 'customers.identity', one.kind)}>
                {show(one)}
              </span>
              {one.label && <span className="muted ellipsis">{one.label}</span>}
              {one.role !== 'owner' && <Chip>{codeText(t, 'customers.role', one.role)}</Chip>}
              {one.verified_at && (
                <Chip tone="ok" icon="checkCircle" title={day(one.verified_at, serverNow(), i18n.language)}>
                  {t('customers.identities.verified')}
                </Chip>
              )}
            </span>
            {writes && (
                <span className="row-acts">
                  <RowAct icon="pen" label={t('customers.change', { what: show(one) })} onClick={() => setForm({ id: one.id, kind: one.kind, value: one.kind === 'phone' ? show(one) : (one.raw ?? one.value), role: one.role, label: one.label ?? '' })} />
                  <RowAct icon="close" label={t('customers.remove', { what: show(one) })} testId="identity-remove" onClick={() => remove(one)} />
                </span>
            )}
          </div>
        ),
      )}
      {form && form.id === null && <IdentityForm form={form} onChange={setForm} edit={edit} onSave={() => void save()} />}
    </Section>
  )
}

interface FormProps {
  form: Form
  onChange: (form: Form | null) => void
  edit: ReturnType<typeof useEdit>
  onSave: () => void
}

function IdentityForm({ form, onChange, edit, onSave }: FormProps) {
  const { t } = useTranslation()
  return (
    <InlineForm
      busy={edit.busy}
      problem={edit.problem}
      onSave={onSave}
      onCancel={() => {
        edit.clear()
        onChange(null)
      }}
    >
      <Select
        size="small"
        value={form.kind}
        disabled={form.id !== null}
        aria-label={t('customers.identities.kind')}
        onChange={(kind: string) => onChange({ ...form, kind })}
        options={identityKinds.map((value) => ({ value, label: t(`customers.identity.${value}`) }))}
      />
      <Input
        size="small"
        autoFocus
        value={form.value}
        maxLength={200}
        inputMode={form.kind === 'phone' ? 'tel' : undefined}
        aria-label={t(`customers.identity.${form.kind}`)}
        placeholder={t(`customers.identity.${form.kind}`)}
        data-testid="identity-value"
        onChange={(event) => onChange({ ...form, value: event.target.value })}
      />
      <Select
        size="small"
        value={form.role}
        aria-label={t('customers.identities.role')}
        onChange={(role: string) => onChange({ ...form, role })}
        options={identityRoles.map((value) => ({ value, label: t(`customers.role.${value}`) }))}
      />
      <Input
        size="small"
        value={form.label}
        maxLength={50}
        aria-label={t('customers.identities.label')}
        placeholder={t('customers.identities.labelHint')}
        onChange={(event) => onChange({ ...form, label: event.target.value })}
      />
    </InlineForm>
  )
}
