import { useQuery } from '@tanstack/react-query'

import { api } from '@/shared/api/client'
import { everything } from '@/shared/api/lists'
import type { Queue } from '@/shared/api/admin'
import { bounds, type Period, recount, today } from './period'
import type { FlowLine, FlowVersion, FlowWhole, Live, LookUpLine, PromptLine, Rate, Traffic } from './types'

const nothing: never[] = []

function useLines<T>(path: string, freshFor: number) {
  const query = useQuery({ queryKey: [path], queryFn: ({ signal }) => everything<T>(path, signal), staleTime: freshFor })
  return { query, rows: query.data ?? (nothing as T[]) }
}

export const useFlows = () => useLines<FlowLine>('/flows', 5_000)
export const usePromptLines = () => useLines<PromptLine>('/flows/prompts', 60_000).rows
export const useLookUpLines = () => useLines<LookUpLine>('/flows/lookups', 60_000).rows
export const useVersions = (code: string) => useLines<FlowVersion>(`/flows/${code}/versions`, 0)
export const useQueueLines = () => useLines<Queue>('/queues', 60_000).rows

/** The flow as it is now; how many contacts are in it is asked for again and again. */
export const useFlow = (code: string) =>
  useQuery({ queryKey: [`/flows/${code}`], queryFn: ({ signal }) => api.get<FlowWhole>(`/flows/${code}`, undefined, signal), staleTime: 0, refetchInterval: 15_000 })

/** How contacts went through it; what is still going on is counted anew again and again. */
export const useTraffic = (code: string, period: Period | null) =>
  useQuery({
    queryKey: [`/flows/${code}/traffic`, period],
    queryFn: ({ signal }) => api.get<Traffic>(`/flows/${code}/traffic`, { ...bounds(period ?? today, new Date()), version: period?.version }, signal),
    enabled: period !== null,
    refetchInterval: () => recount(period ?? today, new Date()),
    placeholderData: (before) => before,
  })

/** Where contacts stand at this moment; asked for every two seconds while the page can be seen. */
export const useLive = (code: string, shown: boolean) =>
  useQuery({
    queryKey: [`/flows/${code}/live`],
    queryFn: ({ signal }) => api.get<Live>(`/flows/${code}/live`, undefined, signal),
    enabled: shown,
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchInterval: 2_000,
    refetchIntervalInBackground: false,
  })

export function ratesPath(period: Period, flow: string | null, by: readonly string[], format: 'json' | 'csv' = 'json'): string {
  const search = new URLSearchParams({ ...bounds(period, new Date()), format, ...(flow ? { flow } : {}) })
  // Who came again takes the longest to count, and is shown of all together only.
  if (format === 'json' && by.length > 0) search.set('repeated', 'false')
  for (const one of by) search.append('by', one)
  return `/flows/rates?${search.toString()}`
}

/** How many serve themselves; of one flow, or of all. Counted anew as the traffic beside it is. */
export const useRates = (period: Period, flow: string | null, by: readonly string[]) =>
  useQuery({
    queryKey: ['/flows/rates', period.days, period.own, flow, by.join()],
    queryFn: async ({ signal }) => {
      return (await api.get<{ items: Rate[] }>(ratesPath(period, flow, by), undefined, signal)).items
    },
    staleTime: 30_000,
    refetchInterval: () => recount(period, new Date()),
    retry: false,
    placeholderData: (before) => before,
  })
