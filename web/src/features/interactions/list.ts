import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

import { api } from '@/shared/api/client'
import type { InteractionSummary, Page } from '@/shared/api/types'
import { dialable } from '@/shared/format/phone'
import { instantOf } from '@/shared/time/local'

/** What the address bar keeps, so that going back finds the same list. Dates are local, both inclusive. */
export interface Filter {
  ani?: string
  channel?: string
  from?: string
  to?: string
}

const page_size = 100

export function readFilter(search: Record<string, unknown>): Filter {
  const filter: Filter = {}
  // The router reads digits as a number; a phone number is a string.
  const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
  if (dialable(text(search.ani))) filter.ani = dialable(text(search.ani))
  if (/^[a-z]+$/.test(text(search.channel))) filter.channel = text(search.channel)
  for (const edge of ['from', 'to'] as const) {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text(search[edge]))) filter[edge] = text(search[edge])
  }
  return filter
}

export function useInteractions(filter: Filter) {
  const query = useInfiniteQuery({
    queryKey: ['interactions', filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<InteractionSummary>>(
        '/interactions',
        {
          ani: filter.ani,
          channel: filter.channel,
          from: filter.from && instantOf(filter.from),
          to: filter.to && instantOf(filter.to, 1),
          cursor: pageParam,
          limit: page_size,
        },
        signal,
      ),
    getNextPageParam: (last) => last.next_cursor,
    staleTime: 5_000,
  })
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  return { query, rows }
}
