import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { ActionKey } from '@/shared/keys/ActionKey'
import { useAction } from '@/shared/keys/actions'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Skeleton } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { usePatience } from '@/shared/ui/usePatience'
import { listSearch } from '../list/filter'
import { restartLists } from '../list/useCustomers'
import { useRecord } from '../record/useRecord'
import type { CustomerRecord } from '../types'
import { useEscape } from '../useEscape'
import { differing, suggest, type Choice } from './choose'
import { CompareTable } from './CompareTable'
import { useSplit } from './useSplit'

/** Two records side by side, field by field, and what they become. */
export function ComparePage() {
  const { keep, drop } = useSearch({ from: '/customers/compare' })
  const { t } = useTranslation()
  const navigate = useNavigate()
  const one = useRecord(keep)
  const other = useRecord(drop)
  const patience = usePatience(one.isPending || other.isPending)
  const back = () => void navigate({ to: '/customers/$id', params: { id: keep }, search: (before) => ({ ...listSearch(before), tab: 'duplicates' }) })
  useEscape(back)
  const problem = one.error ?? other.error
  return (
    <div className="record-page" data-region="work" data-testid="compare-page">
      <div className="section-page-head">
        <button type="button" className="link" onClick={back}>
          <Icon name="chevronLeft" size={14} /> {t('customers.backToCustomer')}
        </button>
      </div>
      {(one.isPending || other.isPending) && patience !== 'none' && <Skeleton rows={8} />}
      {problem && <ErrorLine problem={problem} onRetry={() => void Promise.all([one.refetch(), other.refetch()])} />}
      {one.data && other.data && <Compare key={`${keep}${drop}`} keep={one.data} drop={other.data} />}
    </div>
  )
}

function Compare({ keep, drop }: { keep: CustomerRecord; drop: CustomerRecord }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { split } = useSplit()
  const [choice, setChoice] = useState<Choice>(() => suggest(keep, drop))
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const differs = differing(keep, drop)

  const swap = () => void navigate({ to: '/customers/compare', search: (before) => ({ ...before, keep: drop.id, drop: keep.id }), replace: true })
  const merge = async () => {
    if (busy) return
    setBusy(true)
    setProblem(null)
    try {
      const fields = Object.fromEntries(differs.map((field) => [field, choice[field] ?? 'keep']))
      const { merge_id, customer_id } = await api.post<{ merge_id: string; customer_id: string }>('/customers/merge', { keep: keep.id, drop: drop.id, fields })
      queries.removeQueries({ queryKey: ['customer', drop.id] })
      for (const key of ['customer', 'overview', 'customer-history', 'customer-duplicates']) void queries.invalidateQueries({ queryKey: [key, customer_id] })
      void queries.invalidateQueries({ queryKey: ['customer-merges'] })
      await navigate({ to: '/customers/$id', params: { id: customer_id }, search: listSearch, replace: true })
      toast(t('customers.compare.done', { name: drop.name, no: drop.no, into: keep.no }), 'ok', {
        label: t('customers.undo'),
        act: () => void split(merge_id, [keep.id, drop.id]),
      })
      void restartLists(queries)
    } catch (error) {
      setProblem(error)
      setBusy(false)
    }
  }
  useAction('submit', () => void merge())

  return (
    <>
      <div className="page-scroll">
        <h1 className="page-title">
          {t('customers.compare.title')}
          <small>{t(differs.length > 0 ? 'customers.compare.hint' : 'customers.compare.hintSame', { count: differs.length })}</small>
          <span className="page-title-side">
            <button type="button" className="link" onClick={swap}>
              <Icon name="transfer" size={14} /> {t('customers.compare.swap')}
            </button>
          </span>
        </h1>
        <CompareTable keep={keep} drop={drop} choice={choice} onChoose={(field, side) => setChoice((before) => ({ ...before, [field]: side }))} />
        {problem !== null && <ErrorLine problem={problem} />}
      </div>
      <footer className="actions">
        <span className="actions-note">
          <Icon name="undo" size={14} /> {t('customers.compare.canUndo')}
        </span>
        <Button type="primary" loading={busy} data-testid="merge" onClick={() => void merge()}>
          {t('customers.compare.verb')} <ActionKey id="submit" />
        </Button>
      </footer>
    </>
  )
}
