import { useInfiniteQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'
import { problemText } from '@/shared/i18n'
import { combination, isEditable } from '@/shared/keys/keys'
import { serverNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { toast } from '@/shared/ui/toasts'
import { useFieldWord, useValueWord } from '../record/words'
import { SectionPage } from '../SectionPage'
import { nextFocus, type Conflict } from './model'

const key = ['customer-conflicts'] as const

/** What a source says against what we have; each decided with one key, and the next has the focus. */
export function ConflictsPage() {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const word = useFieldWord()
  const value = useValueWord()
  const list = useRef<HTMLOListElement>(null)
  const [inside, setInside] = useState(false)
  const [taking, setTaking] = useState<string | null>(null)
  const query = useInfiniteQuery({
    queryKey: key,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => api.get<Page<Conflict>>('/customers/conflicts', { state: 'open', cursor: pageParam, limit: 50 }, signal),
    getNextPageParam: (last) => last.next_cursor,
  })
  const rows = query.data?.pages.flatMap((page) => page.items) ?? []
  const focus = (index: number) => list.current?.querySelectorAll<HTMLElement>('.conflict-row')[index]?.focus()

  const take = async (one: Conflict, side: 'ours' | 'theirs') => {
    if (taking) return
    setTaking(one.id)
    const index = rows.findIndex((row) => row.id === one.id)
    try {
      await api.post(`/customers/conflicts/${one.id}`, { take: side })
      queries.setQueryData<InfiniteData<Page<Conflict>, string | null>>(key, (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.filter((row) => row.id !== one.id) })) })
      void queries.invalidateQueries({ queryKey: ['customer', one.customer.id] })
      const next = nextFocus(index, rows.length)
      if (next >= 0) setTimeout(() => focus(next))
      else if (query.hasNextPage) void query.fetchNextPage()
    } catch (error) {
      toast(problemText(error, t))
    } finally {
      setTaking(null)
    }
  }

  return (
    <SectionPage title={t('customers.conflicts.title')} hint={t('customers.conflicts.hint')} query={query} empty={query.isSuccess && rows.length === 0 ? t('customers.conflicts.none') : undefined}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys bubble up from the rows */}
      <ol
        ref={list}
        className={`conflicts ${inside ? 'has-focus' : ''}`}
        onFocus={() => setInside(true)}
        onBlur={({ currentTarget, relatedTarget }) => setInside(currentTarget.contains(relatedTarget))}
        onKeyDown={(event) => {
          if (isEditable(event.target)) return
          const pressed = combination(event.nativeEvent)
          const at = [...event.currentTarget.querySelectorAll('.conflict-row')].findIndex((row) => row.contains(document.activeElement))
          const one = rows[at]
          if (pressed === 'ArrowDown' || pressed === 'ArrowUp') {
            event.preventDefault()
            focus(at + (pressed === 'ArrowDown' ? 1 : -1))
          } else if (one && (pressed === '1' || pressed === '2')) {
            event.preventDefault()
            void take(one, pressed === '1' ? 'ours' : 'theirs')
          }
        }}
      >
        {rows.map((one, index) => (
          <li key={one.id}>
            <div
              className="conflict-row"
              role="group"
              tabIndex={0}
              aria-label={`${one.customer.name} ${word(one.field)}`}
              aria-busy={taking === one.id}
              data-first-action={index === 0 ? '' : undefined}
              data-testid="conflict-row"
            >
              <span className="conflict-who">
                <Link className="link ellipsis" to="/customers/$id" params={{ id: one.customer.id }}>
                  {one.customer.name}
                </Link>
                <span className="muted">{one.customer.no}</span>
              </span>
              <span>{word(one.field)}</span>
              <button type="button" className="conflict-side" onClick={() => void take(one, 'ours')} data-testid="take-ours">
                <kbd className="conflict-digit">1</kbd>
                <span className="ellipsis">{value(one.field, one.ours)}</span>
                <span className="muted">{t('customers.conflicts.ours')}</span>
              </button>
              <button type="button" className="conflict-side" onClick={() => void take(one, 'theirs')} data-testid="take-theirs">
                <kbd className="conflict-digit">2</kbd>
                <span className="ellipsis">{value(one.field, one.theirs)}</span>
                <span className="muted ellipsis">{one.source.name}</span>
              </button>
              <time className="muted">{dayTime(one.at, serverNow(), i18n.language)}</time>
            </div>
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <button type="button" className="link table-more" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('customers.earlier')}
        </button>
      )}
    </SectionPage>
  )
}
