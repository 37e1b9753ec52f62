import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { api } from '@/shared/api/client'
import type { Answer } from '@/shared/api/answers'
import { path, type Tongue } from './prompts'

type Take = Answer<'/api/v1/prompts/takes/{take_id}'>

const going = new Set(['ringing', 'recording'])

/** A recording at the own telephone: begun, and how it goes until it is over. */
export function useTake(name: string, tongue: Tongue) {
  const queries = useQueryClient()
  const [id, setId] = useState<string | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const [beginning, setBeginning] = useState(false)
  const query = useQuery({
    queryKey: ['prompt-take', id],
    queryFn: ({ signal }) => api.get<Take>(`/prompts/takes/${id}`, undefined, signal),
    enabled: id !== null,
    refetchInterval: ({ state: { data, error } }) => (error || (data && !going.has(data.state)) ? false : 700),
  })
  const state = query.data?.state ?? null
  useEffect(() => {
    if (state === 'kept') void queries.invalidateQueries({ queryKey: ['/prompts'] })
  }, [state, queries])
  const begin = async (text: string) => {
    setProblem(null)
    setBeginning(true)
    try {
      const { take_id } = await api.post<{ take_id: string }>(`${path(name, tongue)}/record`, { text: text.trim() || null })
      setId(take_id)
    } catch (error) {
      setProblem(error)
    } finally {
      setBeginning(false)
    }
  }
  const busy = beginning || (id !== null && query.error === null && (state === null || going.has(state)))
  return { begin, busy, take: id === null ? null : (query.data ?? null), problem: problem ?? query.error }
}
