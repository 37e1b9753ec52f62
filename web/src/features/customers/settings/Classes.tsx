import { Input, InputNumber } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { ErrorLine, Section } from '@/shared/ui/parts'
import { AddLink, InlineForm, RowAct } from '../record/Parts'
import type { CustomerClassRow } from '../types'
import { isCode, useSave } from './useSave'

const fresh: CustomerClassRow = { code: '', name: '', name_en: '', rank: 5, color: 'default' }

/** Classes by rank: the highest is served with the most care. */
export function Classes({ rows }: { rows: CustomerClassRow[] }) {
  const { t } = useTranslation()
  const [form, setForm] = useState<{ row: CustomerClassRow; fresh: boolean } | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const { save, busy, problem, clear } = useSave('customer-classes')
  const submit = async () => {
    if (!form) return
    const { code, name, name_en, rank, color } = form.row
    if (!isCode(code)) setWrong('customers.settings.codeWrong')
    else if (!name.trim() || !name_en.trim()) setWrong('customers.settings.namesMissing')
    else {
      setWrong(null)
      if (await save(() => api.put(`/customer-classes/${code}`, { name: name.trim(), name_en: name_en.trim(), rank, color }))) setForm(null)
    }
  }
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
      <InputNumber
        size="small"
        min={0}
        max={1000}
        precision={0}
        value={form.row.rank}
        aria-label={t('customers.settings.rank')}
        onChange={(rank) => setForm({ ...form, row: { ...form.row, rank: rank ?? 0 } })}
      />
      <span className="muted">{t('customers.settings.rankHint')}</span>
      {wrong && <ErrorLine>{t(wrong)}</ErrorLine>}
    </InlineForm>
  )
  return (
    <Section icon="crown" title={t('customers.settings.classes')} count={rows.length} extra={!form && <AddLink label={t('customers.add')} testId="class-add" onClick={() => setForm({ row: fresh, fresh: true })} />}>
      {rows.map((one) =>
        form && !form.fresh && form.row.code === one.code ? (
          <div key={one.code}>{editor}</div>
        ) : (
          <div key={one.code} className="row edit-row" data-testid="class-row">
            <span className="row-lead">
              <span className="setting-rank muted">{one.rank}</span>
              <span className="ellipsis">{one.name}</span>
              <span className="muted ellipsis">{one.name_en}</span>
            </span>
            <span className="row-side">
              <span className="muted">{one.code}</span>
              <span className="row-acts">
                <RowAct icon="pen" label={t('customers.change', { what: one.name })} onClick={() => setForm({ row: one, fresh: false })} />
              </span>
            </span>
          </div>
        ),
      )}
      {form?.fresh && editor}
    </Section>
  )
}

interface NamesProps {
  form: { code: string; name: string; name_en: string }
  fixed: boolean
  onChange: (part: { code?: string; name?: string; name_en?: string }) => void
}

/** Code and both names, as classes and fields have them. */
export function Names({ form, fixed, onChange }: NamesProps) {
  const { t } = useTranslation()
  return (
    <>
      <Input size="small" value={form.code} disabled={fixed} maxLength={32} placeholder={t('customers.settings.code')} aria-label={t('customers.settings.code')} onChange={(event) => onChange({ code: event.target.value })} />
      <Input size="small" autoFocus value={form.name} maxLength={50} placeholder={t('customers.settings.name')} aria-label={t('customers.settings.name')} onChange={(event) => onChange({ name: event.target.value })} />
      <span />
      <Input size="small" value={form.name_en} maxLength={50} placeholder={t('customers.settings.nameEn')} aria-label={t('customers.settings.nameEn')} onChange={(event) => onChange({ name_en: event.target.value })} />
    </>
  )
}
