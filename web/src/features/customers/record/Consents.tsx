import { Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { codeText } from '@/shared/i18n'
import { serverNow } from '@/shared/time/clock'
import { day } from '@/shared/time/format'
import { Chip, Empty, Section } from '@/shared/ui/parts'
import type { Consent, CustomerRecord } from '../types'
import { AddLink, InlineForm, RowAct } from './Parts'
import { useEdit } from './useEdit'

export const consentChannels = ['phone', 'sms', 'email', 'wechat', 'any'] as const
export const consentPurposes = ['marketing', 'survey', 'service', 'collection'] as const
export const consentSources = ['call', 'form', 'letter', 'web', 'import'] as const

interface Form {
  channel: string
  purpose: string
  allowed: boolean
  source: string
}

/** Whether and how they may be contacted; "no" stands out, for it binds everybody. */
export function Consents({ record, writes }: { record: CustomerRecord; writes: boolean }) {
  const { t, i18n } = useTranslation()
  const [form, setForm] = useState<Form | null>(null)
  const edit = useEdit(record.id)
  const put = (body: Form) => api.put(`/customers/${record.id}/consents`, body)
  const name = (one: Consent) => `${codeText(t, 'customers.consent', one.channel)} · ${codeText(t, 'customers.purpose', one.purpose)}`
  const turn = (one: Consent) =>
    void edit.run(() => put({ channel: one.channel, purpose: one.purpose, allowed: !one.allowed, source: 'call' }), {
      text: t(one.allowed ? 'customers.consents.nowRefused' : 'customers.consents.nowAllowed', { what: name(one) }),
      undo: () => put({ channel: one.channel, purpose: one.purpose, allowed: one.allowed, source: one.source ?? 'call' }),
    })
  const save = async () => {
    if (form && (await edit.run(() => put(form)))) setForm(null)
  }
  const choose = (part: 'channel' | 'purpose' | 'source', group: string, codes: readonly string[]) => (
    <Select
      size="small"
      value={form?.[part]}
      aria-label={t(`customers.consents.${part}`)}
      onChange={(value: string) => form && setForm({ ...form, [part]: value })}
      options={codes.map((value) => ({ value, label: t(`customers.${group}.${value}`) }))}
    />
  )
  return (
    <Section
      icon="shield"
      title={t('customers.consents.title')}
      count={record.consents.length}
      extra={writes && !form && <AddLink label={t('customers.add')} onClick={() => setForm({ channel: 'phone', purpose: 'marketing', allowed: false, source: 'call' })} />}
    >
      {record.consents.length === 0 && !form && <Empty>{t('customers.consents.none')}</Empty>}
      {record.consents.map((one) => (
        <div key={`${one.channel}/${one.purpose}`} className="row edit-row">
          <span className="row-lead">
            <Chip tone={one.allowed ? 'ok' : 'red'} icon={one.allowed ? 'checkCircle' : 'stop'}>
              {t(one.allowed ? 'customers.consents.allowed' : 'customers.consents.refused')}
            </Chip>
            <span className="ellipsis">{name(one)}</span>
            <span className="muted ellipsis">
              {day(one.at, serverNow(), i18n.language)} {codeText(t, 'customers.source', one.source)}
            </span>
          </span>
          {writes && (
            <span className="row-acts">
              <RowAct icon="transfer" label={t(one.allowed ? 'customers.consents.refuse' : 'customers.consents.allow', { what: name(one) })} onClick={() => turn(one)} />
            </span>
          )}
        </div>
      ))}
      {form && (
        <InlineForm
          busy={edit.busy}
          problem={edit.problem}
          onSave={() => void save()}
          onCancel={() => {
            edit.clear()
            setForm(null)
          }}
        >
          {choose('channel', 'consent', consentChannels)}
          {choose('purpose', 'purpose', consentPurposes)}
          <Segmented
            size="small"
            className="wide"
            value={form.allowed}
            onChange={(allowed) => setForm({ ...form, allowed })}
            options={[
              { value: false, label: t('customers.consents.refused') },
              { value: true, label: t('customers.consents.allowed') },
            ]}
          />
          {choose('source', 'source', consentSources)}
        </InlineForm>
      )}
    </Section>
  )
}
