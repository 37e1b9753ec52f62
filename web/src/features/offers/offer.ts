import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'

import { apiOf } from '@/shared/api/client'
import type { NextOffer } from '@/shared/api/knowledge'
import type { InteractionDocument } from '@/shared/api/types'

/** Reasons of each result that has any, as codes. */
export const reasons = {
  refused: ['no_need', 'too_expensive', 'has_one', 'competitor', 'other'],
  not_offered: ['in_a_hurry', 'upset', 'not_suitable', 'other'],
} as const
export type Result = 'accepted' | 'refused' | 'later' | 'not_offered'
export const results: readonly Result[] = ['accepted', 'refused', 'later', 'not_offered']

const served = new Set(['ring', 'dial', 'talk', 'hold', 'consult', 'conference', 'wrapup'])
const speaking = new Set(['talk', 'hold', 'consult', 'conference', 'wrapup'])
/** Lines of the trail after which what the call is about may be settled. */
const settling = new Set(['business_submitted', 'script_done'])
const again_after = 3_000

const keyOf = (interaction: InteractionDocument) => ['/interactions/offer', interaction.id]

/** Whether the tables do not say yet what the screen shows already: then they are asked again. */
export const behind = (answer: NextOffer | undefined, interaction: Pick<InteractionDocument, 'state' | 'customer'>): boolean =>
  answer !== undefined && ((answer.why === 'not_speaking' && speaking.has(interaction.state)) || (answer.why === 'unverified' && interaction.customer !== null) || answer.why === 'late')

/** How many offers wait to be made or for their result. */
export const due = (answer: NextOffer | undefined): number => (answer?.offer && !answer.showing?.result ? 1 : 0)

export function useOffer(interaction: InteractionDocument | null) {
  const settled = interaction?.trail.filter(({ kind }) => settling.has(kind)).length ?? 0
  return useQuery({
    queryKey: interaction ? [...keyOf(interaction), interaction.state, interaction.customer?.id ?? null, settled] : ['/interactions/offer', null],
    queryFn: ({ signal }) => {
      if (!interaction) throw new Error('no contact')
      return apiOf(interaction).get<NextOffer>(`/interactions/${interaction.id}/offer`, undefined, signal)
    },
    placeholderData: (before, query) => (query?.queryKey[1] === interaction?.id ? before : undefined),
    staleTime: 30_000,
    enabled: interaction !== null && served.has(interaction.state),
    refetchInterval: (query) => (interaction && behind(query.state.data, interaction) ? again_after : false),
  })
}

export const useOfferBadge = (interaction: InteractionDocument | null): number => due(useOffer(interaction).data)

/** Settles, shows, keeps results; the answer shows at once. */
export function useOfferActions(interaction: InteractionDocument) {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const post = useCallback(
    async (path: string, body?: unknown): Promise<NextOffer | null> => {
      setBusy(true)
      setProblem(null)
      try {
        const now = await apiOf(interaction).post<NextOffer>(`/interactions/${interaction.id}/offer${path}`, body)
        queries.setQueriesData<NextOffer>({ queryKey: keyOf(interaction) }, () => now)
        return now
      } catch (error) {
        setProblem(error)
        void queries.invalidateQueries({ queryKey: keyOf(interaction) })
        return null
      } finally {
        setBusy(false)
      }
    },
    [interaction, queries],
  )
  return {
    busy,
    problem,
    settle: () => post('/settled'),
    show: (offer: string) => post('/showings', { offer_id: offer }),
    put: (showing: string, result: Result, reason = '') => post(`/${showing}/result`, { result, reason }),
  }
}
