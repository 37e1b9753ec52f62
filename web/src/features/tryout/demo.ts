import { useQuery } from '@tanstack/react-query'

import { api } from '@/shared/api/client'
import type { components } from '@/shared/api/generated'

type Schemas = components['schemas']
export type SampleCustomer = Schemas['SampleCustomer']
export type Visit = Schemas['Visit']

/** The demo runs on this machine alone: elsewhere it is not even asked for. */
const here = ['127.0.0.1', 'localhost', '[::1]'].includes(location.hostname)

export const tryPath = '/try'

/** Whom one can play; nobody outside the demo. */
export function useSampleCustomers() {
  return useQuery({
    queryKey: ['try'],
    queryFn: ({ signal }) => api.get<Schemas['SampleCustomers']>('/try/customers', undefined, signal),
    enabled: here,
    retry: false,
    staleTime: Infinity,
  })
}

/** How the call stands, asked every second until it is over. */
export function useVisit(id: string | null) {
  return useQuery({
    queryKey: ['try', id],
    queryFn: ({ signal }) => api.get<Visit>(`/try/calls/${id}`, undefined, signal),
    enabled: id !== null,
    retry: false,
    refetchInterval: ({ state }) => (state.status === 'error' || isOver(state.data) ? false : 1_000),
  })
}

export const isOver = (visit: Visit | undefined): boolean => visit?.state === 'ended' || visit?.state === 'failed'
