import { useQuery } from '@tanstack/react-query'

import { api } from '@/shared/api/client'
import { everything } from '@/shared/api/lists'
import type { Queue } from '@/shared/api/admin'
import type { FlowLine, FlowVersion, FlowWhole, LookUpLine, PromptLine, Traffic } from './types'

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

export const useTraffic = (code: string, days: number | null) =>
  useQuery({
    queryKey: [`/flows/${code}/traffic`, days],
    queryFn: ({ signal }) => api.get<Traffic>(`/flows/${code}/traffic`, { from: since(days ?? 0) }, signal),
    enabled: days !== null,
    refetchInterval: 30_000,
  })

/** The beginning of the day that many days ago. */
function since(days: number): string {
  const day = new Date()
  day.setHours(0, 0, 0, 0)
  day.setDate(day.getDate() - days)
  return day.toISOString()
}
