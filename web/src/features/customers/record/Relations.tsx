import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'
import { phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import { Empty, Section } from '@/shared/ui/parts'
import { listSearch } from '../list/filter'
import type { CustomerRecord, ListedCustomer, Relation } from '../types'
import { AddLink, InlineForm, RowAct } from './Parts'
import { useEdit } from './useEdit'

export const relationKinds = ['spouse', 'parent', 'child', 'family', 'household', 'employer', 'employee', 'contact', 'company', 'other'] as const

/** Who belongs to whom: family, household, a company's people. */
export function Relations({ record, writes }: { record: CustomerRecord; writes: boolean }) {
  const { t } = useTranslation()
  const [form, setForm] = useState<{ kind: string; other: string | null } | null>(null)
  const [asked, setAsked] = useState('')
  const edit = useEdit(record.id)
  const base = `/customers/${record.id}/relations`
  const found = useQuery({
    queryKey: ['customers', 'relation', asked],
    queryFn: ({ signal }) => api.get<Page<ListedCustomer>>('/customers', { q: asked, limit: 10 }, signal),
    enabled: form !== null && asked.trim() !== '',
  })
  const save = async () => {
    if (!form?.other) return
    const body = { kind: form.kind, customer_id: form.other }
    if (await edit.run(() => api.post(base, body))) setForm(null)
  }
  const remove = (one: Relation) =>
    void edit.run(() => api.delete(`${base}/${one.id}`), {
      text: t('customers.relations.removed', { name: one.customer.name }),
      undo: () => api.post(base, { kind: one.kind, customer_id: one.customer.id }),
    })
  return (
    <Section
      icon="link"
      title={t('customers.relations.title')}
      count={record.relations.length}
      extra={writes && !form && <AddLink label={t('customers.add')} onClick={() => setForm({ kind: 'family', other: null })} />}
    >
      {record.relations.length === 0 && !form && <Empty>{t('customers.relations.none')}</Empty>}
      {record.relations.map((one) => (
        <div key={one.id} className="row edit-row">
          <span className="row-lead">
            <span className="muted row-kind">{codeText(t, 'customers.relation', one.kind)}</span>
            <Link className="link ellipsis" to="/customers/$id" params={{ id: one.customer.id }} search={listSearch}>
              {one.customer.name}
            </Link>
            <span className="muted">{one.customer.no}</span>
          </span>
          {writes && (
            <span className="row-acts">
              <RowAct icon="close" label={t('customers.remove', { what: one.customer.name })} onClick={() => remove(one)} />
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
          <Select
            size="small"
            value={form.kind}
            aria-label={t('customers.relations.kind')}
            onChange={(kind: string) => setForm({ ...form, kind })}
            options={relationKinds.map((value) => ({ value, label: t(`customers.relation.${value}`) }))}
          />
          <Select
            size="small"
            className="wide"
            autoFocus
            value={form.other}
            aria-label={t('customers.relations.other')}
            placeholder={t('customers.relations.otherHint')}
            showSearch={{ filterOption: false, onSearch: setAsked }}
            loading={found.isFetching}
            notFoundContent={asked ? t('customers.relations.nobody') : null}
            onChange={(other: string) => setForm({ ...form, other })}
            options={found.data?.items.filter((one) => one.id !== record.id).map((one) => ({ value: one.id, label: [one.name, phone(one.phones[0]), one.no].filter(Boolean).join(' · ') }))}
          />
        </InlineForm>
      )}
    </Section>
  )
}
