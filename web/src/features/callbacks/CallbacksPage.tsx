import { Button, Segmented, Select } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import { useAll, usePages } from '@/shared/api/lists'
import { phone } from '@/shared/format/phone'
import { useNow } from '@/shared/time/clock'
import { dayTime, length } from '@/shared/time/format'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { Chip } from '@/shared/ui/parts'
import { BookCallback } from './BookCallback'
import { CallbackSheet } from './CallbackSheet'
import { kindIcon, kinds, looks, tabs, type Callback, type CallbackKind, type CallbacksFilter, type Tab } from './callbacks'
import './callbacks.css'

/** Callbacks move by themselves; their list is no live document, so it is asked for again. */
const again_ms = 10_000

interface Props {
  filter: CallbacksFilter
  onFilter: (filter: CallbacksFilter) => void
  onInteraction: (id: string) => void
}

/** 回拨与留言: whom we owe a call, when it is due and how far it has come. */
export function CallbacksPage({ filter, onFilter, onInteraction }: Props) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const [open, setOpen] = useState<string | null>(null)
  const [booking, setBooking] = useState(false)
  const tab: Tab = filter.state ?? 'open'
  const { query, rows } = usePages<Callback>('/callbacks', { state: tab, queue: filter.queue, kind: filter.what })
  const queues = useAll<Queue>('/queues')
  const { refetch } = query
  useEffect(() => {
    const timer = setInterval(() => void refetch(), again_ms)
    return () => clearInterval(timer)
  }, [refetch])
  const chosen = rows.find(({ id }) => id === open)
  const change = (part: Partial<CallbacksFilter>) => {
    const next = { ...filter, ...part }
    for (const name of Object.keys(next) as (keyof CallbacksFilter)[]) if (!next[name]) delete next[name]
    onFilter(next)
  }
  const detail: Column<Callback>[] = [
    { id: 'queue', title: t('callbacks.queue'), track: 'minmax(80px, 0.9fr)', render: (row) => row.queue?.name },
    {
      id: 'message',
      title: t('callbacks.message'),
      track: '64px',
      right: true,
      render: (row) => (row.recording ? <span className="callback-length">{row.recording.duration_ms === null ? '' : length(row.recording.duration_ms / 1000)}</span> : ''),
    },
    {
      id: 'attempts',
      title: t('callbacks.attempts'),
      track: 'minmax(110px, 0.8fr)',
      render: (row) => (
        <>
          {row.attempts}/{row.max_attempts} <span className="muted">{row.last_result && t(`callbacks.result.${row.last_result}`)}</span>
        </>
      ),
    },
  ]
  const columns: Column<Callback>[] = [
    {
      id: 'due',
      title: t('callbacks.due'),
      track: i18n.language === 'en' ? '112px' : '100px',
      render: (row) => <span className={Date.parse(row.due_at) > now ? 'muted' : undefined}>{dayTime(row.due_at, now, i18n.language)}</span>,
    },
    {
      id: 'kind',
      title: <span className="unseen">{t('callbacks.anyKind')}</span>,
      track: '26px',
      render: (row) => (
        <span title={t(`callbacks.kind.${row.kind}`)}>
          <Icon name={kindIcon[row.kind]} size={14} className="muted" />
          <span className="unseen">{t(`callbacks.kind.${row.kind}`)}</span>
        </span>
      ),
    },
    { id: 'number', title: t('callbacks.number'), track: '124px', render: (row) => phone(row.number) || <span className="muted">{t('callbacks.hidden')}</span> },
    {
      id: 'customer',
      title: t('callbacks.customer'),
      track: 'minmax(90px, 1fr)',
      render: (row) => (
        <span className="callback-who">
          <span className="ellipsis">{row.customer?.name ?? <span className="muted">{t('callbacks.stranger')}</span>}</span>
          <CustomerClass value={row.customer?.class} short />
        </span>
      ),
    },
    // Beside an open record, which tells them, there is no room for these.
    ...(chosen ? [] : detail),
    {
      id: 'state',
      title: t('callbacks.state'),
      track: '104px',
      render: (row) => (
        <Chip tone={looks[row.state].tone} icon={looks[row.state].icon}>
          {t(`callbacks.states.${row.state}`)}
        </Chip>
      ),
    },
    ...(chosen ? [] : [{ id: 'agent', title: t('callbacks.agent'), track: 'minmax(70px, 0.6fr)', render: (row: Callback) => (row.agent ? `${row.agent.name} ${row.agent.number ?? ''}` : '') } satisfies Column<Callback>]),
  ]
  const narrowed = filter.queue !== undefined || filter.what !== undefined
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('callbacks.title')}</h1>
          <Segmented value={tab} aria-label={t('callbacks.state')} options={tabs.map((value) => ({ value, label: <span data-testid={`tab-${value}`}>{t(`callbacks.tab.${value}`)}</span> }))} onChange={(state) => change({ state: state === 'open' ? undefined : state })} />
          <Select
            value={filter.what ?? ''}
            popupMatchSelectWidth={false}
            aria-label={t('callbacks.anyKind')}
            data-testid="callbacks-kind"
            options={[{ value: '', label: t('callbacks.anyKind') }, ...kinds.map((kind) => ({ value: kind, label: t(`callbacks.kind.${kind}`) }))]}
            onChange={(kind) => change({ what: kind === '' ? undefined : (kind as CallbackKind) })}
          />
          <Select
            value={filter.queue ?? ''}
            popupMatchSelectWidth={false}
            aria-label={t('callbacks.queue')}
            options={[{ value: '', label: t('callbacks.anyQueue') }, ...queues.rows.map((queue) => ({ value: queue.code, label: queue.name }))]}
            onChange={(queue) => change({ queue })}
          />
          <span className="admin-end">
            <Button loading={query.isRefetching && !query.isFetchingNextPage} onClick={() => void query.refetch()}>
              {t('callbacks.refresh')}
            </Button>
            <Button icon={<Icon name="plus" />} data-testid="callback-new" onClick={() => setBooking(true)}>
              {t('callbacks.book')}
            </Button>
          </span>
        </header>
        <DataTable
          label={t('callbacks.title')}
          columns={columns}
          rows={rows}
          rowId={(row) => row.id}
          source={query}
          selected={open}
          onOpen={(row) => setOpen(row.id)}
          top={JSON.stringify(filter)}
          testId="callbacks"
          empty={
            <>
              {t(narrowed || tab !== 'open' ? 'callbacks.nothing' : 'callbacks.empty')}{' '}
              {narrowed && (
                <button type="button" className="link" onClick={() => onFilter(filter.state ? { state: filter.state } : {})}>
                  {t('list.clear')}
                </button>
              )}
            </>
          }
        />
      </div>
      {chosen && <CallbackSheet key={chosen.id} callback={chosen} onClose={() => setOpen(null)} onInteraction={onInteraction} />}
      {booking && <BookCallback queues={queues.rows} first={filter.queue ?? 'general'} onClose={() => setBooking(false)} />}
    </div>
  )
}
