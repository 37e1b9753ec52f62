import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'

import { apiOf } from '@/shared/api/client'
import type { components } from '@/shared/api/generated'
import type { CustomerCard, InteractionDocument } from '@/shared/api/types'
import { usePatience } from '@/shared/ui/usePatience'
import { meaningful } from '../WhyBox'
import { inOrder, type CandidateFacts, type Question } from './guiding'

interface Guided {
  cards: CustomerCard[]
  facts: ReadonlyMap<string, CandidateFacts>
  questions: readonly Question[]
  /** Nothing is shown yet: what is to come may be here in a moment. */
  waiting: boolean
}

/** Those who share the number, the likeliest first, and what to ask them. Rows never change places once they are shown. */
export function useCandidates(interaction: InteractionDocument): Guided {
  const { candidates, id, tenant } = interaction
  const many = candidates.length > 1
  const topics = meaningful(interaction).flatMap(({ label }) => (label ? [label] : []))
  const ids = candidates.map((card) => card.id).join()
  const query = useQuery({
    queryKey: ['candidates', tenant.id, id, ids],
    queryFn: ({ signal }) => {
      const asked = topics.slice(-6).map((topic) => `topic=${encodeURIComponent(topic.slice(0, 100))}`)
      return apiOf(interaction).get<components['schemas']['PossibleCustomers']>(`/interactions/${id}/candidates?${asked.join('&')}`, undefined, signal)
    },
    enabled: many,
    staleTime: 60_000,
  })
  const patience = usePatience(many && query.isPending)
  const [late, setLate] = useState(false)
  if (!late && query.isPending && patience !== 'none') setLate(true)
  return useMemo(() => {
    const items = query.data?.items ?? []
    return {
      cards: late ? candidates : inOrder(candidates, items),
      facts: new Map(items.map((one) => [one.customer_id, one])),
      questions: query.data?.questions ?? [],
      waiting: many && query.isPending && !late,
    }
  }, [candidates, late, many, query.data, query.isPending])
}
