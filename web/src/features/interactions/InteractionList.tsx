import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { useDispositionName } from '@/shared/api/dispositions'
import type { InteractionSummary } from '@/shared/api/types'
import { customerNumber, phone } from '@/shared/format/phone'
import { serverNow } from '@/shared/time/clock'
import { clock, day, length } from '@/shared/time/format'
import { interactionLook } from '@/shared/ui/agentState'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { Icon } from '@/shared/ui/Icon'
import { Chip, Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { Filters } from './Filters'
import { useInteractions, type Filter } from './list'
import { Outcome } from './Outcome'
import { useWindow } from '@/shared/ui/useWindow'

const row_height = 34
const columns = ['time', 'number', 'customer', 'queue', 'agent', 'outcome', 'wait', 'talk', 'recording', 'disposition'] as const

interface Props {
  filter: Filter
  onFilter: (filter: Filter) => void
  onOpen: (id: string) => void
}

/** 交互记录: every contact one may see, newest first; only the rows in sight are drawn. */
export function InteractionList({ filter, onFilter, onOpen }: Props) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const { query, rows } = useInteractions(filter)
  const { first, last, onScroll } = useWindow(box, row_height, rows.length)
  const patience = usePatience(query.isPending)
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query

  useEffect(() => {
    if (last > rows.length - 40 && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage()
  }, [last, rows.length, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])

  const move = (from: HTMLElement, by: number) => {
    const index = Number(from.dataset.index) + by
    const target = box.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)
    target?.focus()
    target?.scrollIntoView({ block: 'nearest' })
  }

  return (
    <div className="list-page" data-region="work">
      <header className="list-head">
        <h1 className="page-title">
          {t('list.title')}
          <small>
            {query.isSuccess && t(hasNextPage ? 'list.loadedMore' : 'list.loaded', { count: rows.length })}
          </small>
        </h1>
        <Filters filter={filter} onFilter={onFilter} busy={query.isRefetching} onRefresh={() => void query.refetch()} />
      </header>
      <div className="table" role="table" aria-label={t('list.title')} aria-rowcount={hasNextPage ? -1 : rows.length}>
        <div ref={box} className="table-body" onScroll={onScroll} role="rowgroup">
          <div className="table-head" role="row">
            {columns.map((column) => (
              <span key={column} role="columnheader" className={`col-${column}`}>
                {column === 'recording' ? <span className="unseen">{t('list.recorded')}</span> : t(`list.column.${column}`)}
              </span>
            ))}
          </div>
          {query.isPending && patience !== 'none' && <Skeleton rows={8} />}
          {query.isError && rows.length === 0 && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
          {query.isSuccess && rows.length === 0 && (
            <Empty
              action={
                Object.keys(filter).length > 0 && (
                  <button type="button" className="link" onClick={() => onFilter({})}>
                    {t('list.clear')}
                  </button>
                )
              }
            >
              {t(Object.keys(filter).length > 0 ? 'list.nothingFound' : 'list.nothingYet')}
            </Empty>
          )}
          <div style={{ height: first * row_height }} />
          {rows.slice(first, last).map((row, offset) => (
            <Row key={row.id} row={row} index={first + offset} onOpen={onOpen} onMove={move} />
          ))}
          <div style={{ height: (rows.length - last) * row_height }} />
          {isFetchNextPageError && <ErrorLine problem={query.error} onRetry={() => void fetchNextPage()} />}
          {isFetchingNextPage && <p className="table-more">{t('list.loadingMore')}</p>}
        </div>
      </div>
    </div>
  )
}

interface RowProps {
  row: InteractionSummary
  index: number
  onOpen: (id: string) => void
  onMove: (from: HTMLElement, by: number) => void
}

function Row({ row, index, onOpen, onMove }: RowProps) {
  const { t, i18n } = useTranslation()
  const dispositionName = useDispositionName()
  const now = serverNow()
  return (
    <div
      role="row"
      tabIndex={0}
      className={`table-row ${index % 2 ? 'odd' : ''}`}
      style={{ height: row_height }}
      data-testid="interaction-row"
      data-index={index}
      aria-rowindex={index + 1}
      onClick={() => onOpen(row.id)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onOpen(row.id)
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          event.preventDefault()
          onMove(event.currentTarget, event.key === 'ArrowDown' ? 1 : -1)
        }
      }}
    >
      <span role="cell" className="col-time">
        <Icon name={row.direction.startsWith('out') ? 'outgoing' : 'incoming'} size={14} className="muted" />
        <span className="muted">{day(row.started_at, now, i18n.language)}</span> {clock(row.started_at)}
      </span>
      <span role="cell" className="col-number">
        {phone(customerNumber(row)) || t('customer.hiddenNumber')}
      </span>
      <span role="cell" className="col-customer">
        <span className="ellipsis">
          {row.customer?.name ?? <span className="muted">{t(row.match === 'several' ? 'customer.unidentified' : row.match === 'withheld' ? 'customer.hiddenNumber' : 'customer.stranger')}</span>}
        </span>
        <CustomerClass value={row.customer?.class} short />
      </span>
      <span role="cell" className="col-queue ellipsis">
        {row.queue?.name ?? <span className="muted">{t('overview.selfService')}</span>}
      </span>
      <span role="cell" className="col-agent ellipsis">
        {row.agent && `${row.agent.name} ${row.agent.number}`}
      </span>
      <span role="cell" className="col-outcome">
        {row.state === 'closed' ? (
          <Outcome row={row} />
        ) : (
          <Chip tone={interactionLook(row.state).tone} icon={interactionLook(row.state).icon}>
            {t(`state.${row.state}`)}
          </Chip>
        )}
      </span>
      <span role="cell" className="col-wait">
        {row.wait_seconds ? length(row.wait_seconds) : ''}
      </span>
      <span role="cell" className="col-talk">
        {row.talk_seconds ? length(row.talk_seconds) : ''}
      </span>
      <span role="cell" className="col-recording" title={row.recordings.length > 0 ? t('list.recorded') : undefined}>
        {row.recordings.length > 0 && <Icon name="record" size={14} className="muted" />}
        {row.recordings.length > 0 && <span className="unseen">{t('list.recorded')}</span>}
      </span>
      <span role="cell" className="col-disposition ellipsis">
        {dispositionName(row.disposition)}
      </span>
    </div>
  )
}
