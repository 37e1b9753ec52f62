import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { api } from '@/shared/api/client'
import type { ScriptBody, ScriptTrial } from '@/shared/api/knowledge'

/** Made-up customers to read a draft with. */
export const samples = ['gold', 'vip', 'new'] as const
export type Sample = (typeof samples)[number]

const pause = 400

/** What is wrong with a draft and how it reads, once one pauses typing; null until the first answer. */
export function useTrial(body: ScriptBody, sample: Sample = 'gold'): ScriptTrial | null {
  const [settled, setSettled] = useState(body)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(body), pause)
    return () => clearTimeout(timer)
  }, [body])
  const query = useQuery({
    queryKey: ['/scripts/try', sample, settled],
    queryFn: () => api.post<ScriptTrial>('/scripts/try', { body: settled, sample }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 30_000,
  })
  return query.data ?? null
}
