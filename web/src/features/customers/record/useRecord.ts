import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'

import { api } from '@/shared/api/client'
import { refreshRow } from '../list/useCustomers'
import type { Change, CustomerRecord, Duplicate } from '../types'

export const recordKey = (id: string) => ['customer', id] as const
export const fetchRecord = (id: string, signal?: AbortSignal) => api.get<CustomerRecord>(`/customers/${id}`, undefined, signal)

export const useRecord = (id: string) =>
  useQuery({ queryKey: recordKey(id), queryFn: ({ signal }) => fetchRecord(id, signal), staleTime: 10_000, enabled: id !== '' })

export interface HistoryPage {
  items: Change[]
  next_cursor?: string | null
}
export const fetchHistory = (id: string, cursor?: string | null, signal?: AbortSignal) =>
  api.get<HistoryPage>(`/customers/${id}/history`, { cursor }, signal)

export const useDuplicates = (id: string, enabled: boolean) =>
  useQuery({
    queryKey: ['customer-duplicates', id],
    queryFn: ({ signal }) => api.get<{ items: Duplicate[] }>(`/customers/${id}/duplicates`, undefined, signal),
    select: ({ items }) => items,
    staleTime: 30_000,
    enabled,
  })

/** Something about this customer has changed: ask again for what is on the screen of them. */
export function useChanged(id: string): (record?: CustomerRecord) => Promise<void> {
  const queries = useQueryClient()
  return useCallback(
    async (record) => {
      if (record) queries.setQueryData(recordKey(id), record)
      const fresh = record ?? (await queries.fetchQuery<CustomerRecord>({ queryKey: recordKey(id), queryFn: () => fetchRecord(id) }))
      refreshRow(queries, fresh)
      void queries.invalidateQueries({ queryKey: ['overview', id] })
      void queries.invalidateQueries({ queryKey: ['customer-history', id] })
      void queries.invalidateQueries({ queryKey: ['customer-duplicates', id] })
    },
    [id, queries],
  )
}
