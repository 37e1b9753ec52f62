import { Button, type InputRef } from 'antd'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useWindow } from '@/shared/ui/useWindow'
import { composing, isEditable } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { filterNames, type CustomerFilter } from './filter'
import { Filters } from './Filters'
import { ListHead } from './ListHead'
import { Row, row_height } from './Row'
import { SearchField } from './SearchField'
import { useCustomers } from './useCustomers'

interface Props {
  filter: CustomerFilter
  onFilter: (filter: CustomerFilter) => void
  onOpen: (id: string) => void
  /** One of the rows is open on top of the list. */
  covered: boolean
  mayWrite: boolean
  onCreate: () => void
}

const columns = ['name', 'phone', 'no', 'place', 'tags', 'manager', 'found'] as const

/** Where each list stood, so that coming back from elsewhere finds it there. Lives as long as the page. */
const stood = new Map<string, { top: number; active: number }>()

export function CustomerList({ filter, onFilter, onOpen, covered, mayWrite, onCreate }: Props) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const search = useRef<InputRef>(null)
  const name = JSON.stringify(filter)
  const [active, setActive] = useState(() => stood.get(name)?.active ?? 0)
  const [inside, setInside] = useState(false)
  const { query, rows } = useCustomers(filter)
  const { first, last, onScroll } = useWindow(box, row_height, rows.length)
  const patience = usePatience(query.isPending)
  const slow = usePatience(query.isFetching && !query.isFetchingNextPage)
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, isPlaceholderData } = query
  const waited = useRef(false)
  const shown = useRef<string | null>(null)

  useEffect(() => {
    if (last > rows.length - 40 && hasNextPage && !isFetchingNextPage && !isFetchNextPageError && !isPlaceholderData) void fetchNextPage()
  }, [last, rows.length, hasNextPage, isFetchingNextPage, isFetchNextPageError, isPlaceholderData, fetchNextPage])

  // Another list begins at its top, unless it has been here before.
  useLayoutEffect(() => {
    if (isPlaceholderData || rows.length === 0 || shown.current === name || !box.current) return
    const place = shown.current === null ? stood.get(name) : undefined
    shown.current = name
    box.current.scrollTop = place?.top ?? 0
    setActive(place?.active ?? 0)
  }, [name, rows.length, isPlaceholderData])

  const focusRow = (index: number) => box.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true })

  // The row that was opened has the focus again when its page closes.
  const wasCovered = useRef(covered)
  useEffect(() => {
    if (wasCovered.current && !covered) focusRow(active)
    wasCovered.current = covered
  }, [covered, active])

  const go = (wanted: number) => {
    const element = box.current
    const index = Math.max(0, Math.min(rows.length - 1, wanted))
    if (!element || rows.length === 0) return
    const head = row_height
    const top = index * row_height
    const height = element.clientHeight - head
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + row_height > element.scrollTop + height) element.scrollTop = top + row_height - height
    setActive(index)
    if (index >= first && index < last) focusRow(index)
    else waited.current = true
  }
  // Far jumps draw their row only after the list has scrolled there.
  useLayoutEffect(() => {
    if (!waited.current) return
    if (active >= first && active < last) {
      waited.current = false
      focusRow(active)
    }
  }, [active, first, last])

  const open = (index: number) => {
    const row = rows[index]
    if (!row) return
    setActive(index)
    stood.set(name, { top: box.current?.scrollTop ?? 0, active: index })
    onOpen(row.id)
  }

  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    if (composing(event.nativeEvent) || event.ctrlKey || event.altKey || event.metaKey || isEditable(event.target)) return
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / row_height) - 2)
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length }[event.key]
    if (event.key === '/') search.current?.focus({ cursor: 'all' })
    else if (event.key === 'Enter') open(active)
    else if (event.key === 'ArrowUp' && active === 0) search.current?.focus({ cursor: 'all' })
    else if (by !== undefined) go(active + by)
    else return
    event.preventDefault()
  }

  const filtered = filterNames.some((part) => filter[part] !== undefined)
  return (
    <div className="list-page customers-list" data-region="work">
      <header className="list-head">
        <ListHead query={query} count={rows.length} slow={slow === 'slow'} />
        <div className="filters">
          <SearchField
            ref={search}
            value={filter.q ?? ''}
            busy={query.isFetching && !isFetchingNextPage}
            keycap={inside}
            onSearch={(q) => onFilter({ ...filter, q: q || undefined })}
            onLeave={(opens) => (opens ? open(0) : go(active))}
          />
          <Filters filter={filter} onFilter={onFilter} />
          {mayWrite && (
            <Button icon={<Icon name="personPlus" />} onClick={onCreate} data-testid="customers-new">
              {t('customers.new')}
            </Button>
          )}
        </div>
      </header>
      <div className="table customer-table" role="table" aria-label={t('customers.title')} aria-rowcount={hasNextPage ? -1 : rows.length} aria-busy={isPlaceholderData}>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys bubble up from the rows, which have the focus */}
        <div
          ref={box}
          className={`table-body ${isPlaceholderData ? 'table-old' : ''}`}
          role="rowgroup"
          onScroll={() => {
            onScroll()
            stood.set(name, { top: box.current?.scrollTop ?? 0, active })
          }}
          onKeyDown={onKeyDown}
          onFocus={() => setInside(true)}
          onBlur={({ currentTarget, relatedTarget }) => setInside(currentTarget.contains(relatedTarget))}
        >
          <div className="table-head" role="row">
            {columns.map((column) => (
              <span key={column} role="columnheader">
                {t(`customers.column.${column}`)}
              </span>
            ))}
          </div>
          {query.isPending && patience !== 'none' && <Skeleton rows={8} />}
          {query.isError && rows.length === 0 && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
          {query.isSuccess && rows.length === 0 && (
            <Empty
              action={
                filtered && (
                  <button type="button" className="link" onClick={() => onFilter({})}>
                    {t('customers.clear')}
                  </button>
                )
              }
            >
              {t(filter.q ? 'customers.nothingFor' : filtered ? 'customers.nothingFound' : 'customers.nothingYet', { text: filter.q })}
            </Empty>
          )}
          <div style={{ height: first * row_height }} />
          {rows.slice(first, last).map((row, offset) => (
            <Row key={row.id} row={row} index={first + offset} active={first + offset === active} asked={filter.q ?? ''} onOpen={open} />
          ))}
          <div style={{ height: (rows.length - last) * row_height }} />
          {isFetchNextPageError && <ErrorLine problem={query.error} onRetry={() => void fetchNextPage()} />}
          {isFetchingNextPage && <p className="table-more">{t('customers.loadingMore')}</p>}
        </div>
      </div>
    </div>
  )
}
