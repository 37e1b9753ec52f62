import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'

import { api } from './client'
import type { Page } from './types'

type Params = Record<string, string | number | undefined | null>

const page_size = 100

/** A list that pages by cursor; `rows` grows as more pages come. */
export function usePages<T>(path: string, params: Params = {}, enabled = true) {
  const query = useInfiniteQuery({
    queryKey: [path, params],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => api.get<Page<T>>(path, { ...params, cursor: pageParam, limit: page_size }, signal),
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: (before) => before,
    staleTime: 5_000,
    enabled,
  })
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data])
  return { query, rows }
}

/** All of a list that is not long, page by page where it pages. */
export async function everything<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null | undefined
  do {
    const page: Partial<Page<T>> & { items: T[] } = await api.get(path, { cursor, limit: cursor === undefined ? undefined : page_size }, signal)
    items.push(...page.items)
    cursor = page.next_cursor
  } while (cursor)
  return items
}

const nothing: never[] = []

/** A short list that comes whole. */
export function useAll<T>(path: string, enabled = true) {
  const query = useQuery({
    queryKey: [path, 'all'],
    queryFn: ({ signal }) => everything<T>(path, signal),
    staleTime: 10_000,
    enabled,
  })
  return { query, rows: query.data ?? (nothing as T[]) }
}

/** One request at a time and what came of it; afterwards the named lists and records are asked for anew. */
export function useAction(...renew: string[]) {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const names = renew.join(' ')
  const run = useCallback(
    async <T>(request: () => Promise<T>): Promise<{ ok: true; value: T } | { ok: false; problem: unknown }> => {
      setBusy(true)
      setProblem(null)
      try {
        const value = await request()
        await Promise.all(names.split(' ').map((path) => queries.invalidateQueries({ predicate: ({ queryKey: [key] }) => typeof key === 'string' && key.startsWith(path) })))
        return { ok: true, value }
      } catch (error) {
        setProblem(error)
        return { ok: false, problem: error }
      } finally {
        setBusy(false)
      }
    },
    [queries, names],
  )
  return { busy, problem, setProblem, run }
}
