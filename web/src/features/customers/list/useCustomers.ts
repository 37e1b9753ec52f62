import { keepPreviousData, useInfiniteQuery, type InfiniteData, type QueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'

import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'
import type { CustomerRecord, ListedCustomer } from '../types'
import type { CustomerFilter } from './filter'

const page_size = 100
/** More pages than this are not asked for again by themselves: the row one works on must not wait for the others. */
const refetched_pages = 3
const key = ['customers', 'list'] as const
type Data = InfiniteData<Page<ListedCustomer>, string | null>

export function useCustomers(filter: CustomerFilter) {
  const query = useInfiniteQuery({
    queryKey: [...key, filter],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => api.get<Page<ListedCustomer>>('/customers', { ...filter, cursor: pageParam, limit: page_size }, signal),
    getNextPageParam: (last) => last.next_cursor,
    // The rows found before stay until those of the longer text are there: nothing blinks while one types.
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    refetchOnMount: ({ state }) => (state.data?.pages.length ?? 0) <= refetched_pages,
  })
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  return { query, rows }
}

/** Put what has changed into the lists already loaded, instead of asking for all their pages again. */
export function refreshRow(queries: QueryClient, record: CustomerRecord): void {
  const change = (row: ListedCustomer): ListedCustomer =>
    row.id === record.id
      ? {
          ...row,
          name: record.name,
          class: record.class,
          kind: record.kind,
          tags: record.tags,
          warnings: record.warnings,
          gender: record.gender as ListedCustomer['gender'],
          birth_year: record.birth_year,
          manager_number: record.manager?.number ?? null,
        }
      : row
  queries.setQueriesData<Data>({ queryKey: key }, (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(change) })) })
}

/** Somebody came or went: begin the lists anew, at their first page. */
export const restartLists = (queries: QueryClient): Promise<void> => queries.resetQueries({ queryKey: key })
