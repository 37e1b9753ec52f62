import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useHotkey } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { ErrorLine, Skeleton } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { usePatience } from '@/shared/ui/usePatience'
import { listSearch } from '../list/filter'
import { useMay } from '../may'
import { useEscape } from '../useEscape'
import { DuplicatesTab } from '../merge/DuplicatesTab'
import type { CustomerRecord } from '../types'
import { EditPanel } from './EditPanel'
import { HistoryTab } from './HistoryTab'
import { OverviewTab } from './OverviewTab'
import { Strip } from './Strip'
import { useDuplicates, useRecord } from './useRecord'

/** 360° of one customer: who they are, what they have, what was said and what was changed. */
export function RecordPage() {
  const { id } = useParams({ from: '/customers/$id' })
  const { t } = useTranslation()
  const navigate = useNavigate()
  const filter = useSearch({ from: '/customers' })
  const query = useRecord(id)
  const patience = usePatience(query.isPending)
  const page = useRef<HTMLDivElement>(null)
  const back = () => void navigate({ to: '/customers', search: listSearch })
  useEscape(back)
  useEffect(() => page.current?.focus(), [])

  // An old number of somebody merged answers as the one who was kept.
  const actual = query.data?.id
  const number = query.data?.no
  useEffect(() => {
    if (!actual || actual === id) return
    toast(t('customers.mergedInto', { no: number }), 'amber')
    void navigate({ to: '/customers/$id', params: { id: actual }, search: filter, replace: true })
  }, [actual, id, number, navigate, filter, t])

  return (
    <div ref={page} className="record-page" tabIndex={-1} data-region="work" data-testid="record">
      {!query.data && (
        <div className="record-none">
          <button type="button" className="link" onClick={back}>
            <Icon name="chevronLeft" size={14} /> {t('detail.back')}
          </button>
          {query.isPending && patience !== 'none' && <Skeleton rows={6} />}
          {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
        </div>
      )}
      {query.data && <Record key={query.data.id} record={query.data} onBack={back} />}
    </div>
  )
}

const tabs: Array<{ id: string; icon: IconName }> = [
  { id: 'overview', icon: 'person' },
  { id: 'history', icon: 'history' },
  { id: 'duplicates', icon: 'merge' },
]

function Record({ record, onBack }: { record: CustomerRecord; onBack: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const may = useMay()
  const wanted = useSearch({ from: '/customers/$id' }).tab
  const allowed = tabs.filter((tab) => tab.id !== 'duplicates' || may('customers.merge'))
  const tab = allowed.find((one) => one.id === wanted)?.id ?? 'overview'
  const [editing, setEditing] = useState(false)
  const duplicates = useDuplicates(record.id, may('customers.merge'))
  const open = (id: string | undefined) => {
    if (id) void navigate({ to: '/customers/$id', params: { id: record.id }, search: (before) => ({ ...before, tab: id === 'overview' ? undefined : id }), replace: true })
  }
  useHotkey('Alt+1', () => open(allowed[0]?.id))
  useHotkey('Alt+2', () => open(allowed[1]?.id))
  useHotkey('Alt+3', () => open(allowed[2]?.id), allowed.length > 2)
  useHotkey('Alt+E', () => setEditing(true), may('customers.write') && !editing)
  const count: Record<string, number | undefined> = { duplicates: duplicates.data?.length || undefined }

  return (
    <>
      <Strip record={record} onBack={onBack} onEdit={() => setEditing(true)} editing={editing} />
      <div className="tabs" role="tablist" aria-label={t('customers.tab.title')}>
        {allowed.map((one, index) => (
          <button
            key={one.id}
            type="button"
            role="tab"
            id={`record-tab-${one.id}`}
            className="tab"
            aria-selected={one.id === tab}
            title={`Alt ${index + 1}`}
            data-testid={`record-tab-${one.id}`}
            onClick={() => open(one.id)}
          >
            <Icon name={one.icon} />
            <span>{t(`customers.tab.${one.id}`)}</span>
            {count[one.id] !== undefined && <span className="tab-badge">{count[one.id]}</span>}
            <span className="tab-number">{index + 1}</span>
          </button>
        ))}
      </div>
      <div className={`record-body ${editing ? 'with-side' : ''}`}>
        <div className="page-scroll" role="tabpanel" tabIndex={0} aria-labelledby={`record-tab-${tab}`}>
          {tab === 'overview' && <OverviewTab record={record} />}
          {tab === 'history' && <HistoryTab record={record} />}
          {tab === 'duplicates' && <DuplicatesTab record={record} />}
        </div>
        {editing && <EditPanel record={record} onClose={() => setEditing(false)} />}
      </div>
    </>
  )
}
