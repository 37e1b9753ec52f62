import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import type { Sample } from '@/features/scripts/trial'
import { api } from '@/shared/api/client'
import type { OfferTrial } from '@/shared/api/knowledge'
import type { Group } from './rule'

/** Whom an offer is tried on: the customer of a number, or somebody made up. */
export interface On {
  sample: Sample
  customer: string
}

const pause = 400

/** What a rule and its text come to for one customer, once one pauses typing; null while it cannot be tried. */
export function useOfferTrial(trial: ({ rule: Group; text: string; text_en: string } & On) | null): OfferTrial | null {
  const text = JSON.stringify(trial)
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pause)
    return () => clearTimeout(timer)
  }, [text])
  const query = useQuery({
    queryKey: ['/offers/try', settled],
    queryFn: () => {
      const { customer, ...rest } = JSON.parse(settled) as NonNullable<typeof trial>
      return api.post<OfferTrial>('/offers/try', { ...rest, customer: customer.trim() || null })
    },
    enabled: settled !== 'null',
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 30_000,
  })
  return trial && settled === text && query.isSuccess ? query.data : null
}
