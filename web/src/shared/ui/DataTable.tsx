import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { ErrorLine, Skeleton } from './parts'
import { usePatience } from './usePatience'
import { useWindow } from './useWindow'

export interface Column<T> {
  id: string
  title: ReactNode
  /** A CSS grid track. */
  track: string
  /** Numbers stand right. */
  right?: boolean
  render: (row: T) => ReactNode
}

/** As much of a TanStack query as a table needs; without pages all there is has come. */
export interface Source {
  isPending: boolean
  isError: boolean
  error: unknown
  refetch: () => unknown
  hasNextPage?: boolean
  isFetchingNextPage?: boolean
  isFetchNextPageError?: boolean
  fetchNextPage?: () => unknown
}

interface Props<T> {
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  rowId: (row: T) => string
  source: Source
  /** Shown when there are no rows: one line and one action. */
  empty: ReactNode
  selected?: string | null
  /** Rows that can be opened take the focus; arrows walk, Enter opens. */
  onOpen?: (row: T) => void
  /** Rows of things that no longer count. */
  dimmed?: (row: T) => boolean
  /** Another value begins at the top again. */
  top?: string
  testId?: string
}

export const row_height = 36

/** A dense table; of ten thousand rows only those in sight are drawn, and the next page is asked for in time. */
export function DataTable<T>({ label, columns, rows, rowId, source, empty, selected, onOpen, dimmed, top = '', testId }: Props<T>) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const { first, last, onScroll } = useWindow(box, row_height, rows.length)
  const patience = usePatience(source.isPending)
  const [active, setActive] = useState(0)
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = source

  useEffect(() => {
    if (last > rows.length - 40 && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) fetchNextPage?.()
  }, [last, rows.length, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = 0
  }, [top])

  const walk = (event: KeyboardEvent, index: number) => {
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / row_height) - 2)
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, PageDown: index + page, PageUp: index - page, Home: 0, End: rows.length - 1 }[event.key]
    const row = rows[index]
    if (event.key === 'Enter' && row) onOpen?.(row)
    if (to === undefined) return
    event.preventDefault()
    const target = Math.max(0, Math.min(rows.length - 1, to))
    setActive(target)
    const element = box.current
    if (!element) return
    const at = target * row_height
    if (at < element.scrollTop) element.scrollTop = at
    else if (at + 2 * row_height > element.scrollTop + element.clientHeight) element.scrollTop = at + 2 * row_height - element.clientHeight
    // A row far away is drawn only after the list has scrolled there.
    requestAnimationFrame(() => element.querySelector<HTMLElement>(`[data-index="${target}"]`)?.focus({ preventScroll: true }))
  }

  const tracks = { gridTemplateColumns: columns.map(({ track }) => track).join(' ') }
  const reachable = Math.min(active, rows.length - 1)
  return (
    <div ref={box} className="grid" onScroll={onScroll} data-testid={testId}>
      <div role="table" aria-label={label} aria-rowcount={hasNextPage ? -1 : rows.length + 1}>
        <div role="rowgroup" className="grid-top">
          <div className="grid-head" role="row" style={tracks} aria-rowindex={1}>
            {columns.map((column) => (
              <span key={column.id} role="columnheader" className={column.right ? 'right' : undefined}>
                {column.title}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" style={{ paddingTop: first * row_height, paddingBottom: (rows.length - last) * row_height }}>
          {rows.slice(first, last).map((row, offset) => {
            const index = first + offset
            const id = rowId(row)
            return (
              <div
                key={id}
                role="row"
                tabIndex={onOpen ? (index === reachable ? 0 : -1) : undefined}
                className={`grid-row ${onOpen ? 'grid-open' : ''} ${dimmed?.(row) ? 'grid-dimmed' : ''}`}
                style={{ ...tracks, height: row_height }}
                data-index={index}
                data-testid={testId && `${testId}-row`}
                data-id={id}
                aria-rowindex={index + 2}
                aria-selected={selected === undefined ? undefined : id === selected}
                onClick={() => {
                  setActive(index)
                  onOpen?.(row)
                }}
                onKeyDown={(event) => {
                  if (onOpen && event.target === event.currentTarget) walk(event, index)
                }}
              >
                {columns.map((column) => (
                  <span key={column.id} role="cell" className={column.right ? 'right' : undefined}>
                    {column.render(row)}
                  </span>
                ))}
              </div>
            )
          })}
        </div>
      </div>
      {source.isPending && patience !== 'none' && <Skeleton rows={8} />}
      {source.isError && rows.length === 0 && <ErrorLine problem={source.error} onRetry={() => void source.refetch()} />}
      {!source.isPending && !source.isError && rows.length === 0 && <div className="grid-empty">{empty}</div>}
      {isFetchNextPageError && <ErrorLine problem={source.error} onRetry={() => void fetchNextPage?.()} />}
      {isFetchingNextPage && <p className="grid-more">{t('list.loadingMoreAny')}</p>}
    </div>
  )
}
