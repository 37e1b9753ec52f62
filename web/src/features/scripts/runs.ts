import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'

import { apiOf } from '@/shared/api/client'
import type { ScriptRun, Suggestions } from '@/shared/api/knowledge'
import type { InteractionDocument } from '@/shared/api/types'

const again_after = 4_000
/** States in which nobody serves the contact yet. */
const alone = new Set(['ivr', 'queue', 'message'])

const keyOf = (interaction: InteractionDocument) => ['/interactions/scripts', interaction.id]

/** What may be followed in a contact and what is; asked for anew when another customer, state or agent makes it other. */
export function useSuggestions(interaction: InteractionDocument, q = '') {
  return useQuery({
    queryKey: [...keyOf(interaction), interaction.state, interaction.customer?.id ?? null, interaction.agent_id, q],
    queryFn: ({ signal }) => apiOf(interaction).get<Suggestions>(`/interactions/${interaction.id}/scripts`, { q }, signal),
    placeholderData: (before) => before,
    staleTime: 60_000,
    enabled: !alone.has(interaction.state),
    // What was pressed on the way here reaches the tables a little after the ringing.
    refetchInterval: interaction.state === 'ring' ? again_after : false,
  })
}

/** Starts, answers and ends; one at a time, and the answer shows at once. */
export function useRun(interaction: InteractionDocument) {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const api = apiOf(interaction)
  const base = `/interactions/${interaction.id}/script-runs`

  const run = useCallback(
    async (request: () => Promise<ScriptRun>): Promise<ScriptRun | null> => {
      setBusy(true)
      setProblem(null)
      const key = keyOf(interaction)
      try {
        const done = await request()
        queries.setQueriesData<Suggestions>({ queryKey: key }, (kept) => kept && { ...kept, opening: null, running: done.ended_at ? null : done })
        if (done.ended_at) void queries.invalidateQueries({ queryKey: key })
        return done
      } catch (error) {
        setProblem(error)
        // A colleague may have gone on meanwhile: show where it stands.
        void queries.invalidateQueries({ queryKey: key })
        return null
      } finally {
        setBusy(false)
      }
    },
    [interaction, queries],
  )

  const start = (script: string) => run(() => api.post<ScriptRun>(base, { script_id: script }))
  const answer = (id: string, step: string, branch: number | null) => run(() => api.post<ScriptRun>(`${base}/${id}/steps`, { step, branch }))
  return {
    busy,
    problem,
    start,
    answer,
    /** Begin the script that suggests itself with an answer to its first step. */
    open: (script: string, step: string, branch: number | null) =>
      run(async () => {
        const begun = await api.post<ScriptRun>(base, { script_id: script })
        return begun.step.id === step ? api.post<ScriptRun>(`${base}/${begun.id}/steps`, { step, branch }) : begun
      }),
    back: (id: string) => run(() => api.post<ScriptRun>(`${base}/${id}/back`)),
    stop: (id: string) => run(() => api.post<ScriptRun>(`${base}/${id}/finish`, {})),
  }
}
