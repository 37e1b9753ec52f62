import { useEffect, useState, useSyncExternalStore } from 'react'

import { api } from '@/shared/api/client'
import { Keeper, type Keeping, type Saved } from './keeper'
import type { FlowDocument, FlowWhole } from './types'

/** Keeps the document on the centre while it is on the screen; leaving saves what is not saved yet. */
export function useSaving(path: string, document: FlowDocument, begun: { rev: number; at: string | null }): Keeping & { keeper: Keeper } {
  const [keeper] = useState(
    () =>
      new Keeper({ save: (body, rev) => api.put<Saved>(`${path}/draft`, { document: body, rev }), read: () => api.get<FlowWhole>(path) }, document, begun.rev, begun.at),
  )
  const state = useSyncExternalStore(keeper.subscribe, keeper.get)
  useEffect(() => keeper.want(document), [keeper, document])
  useEffect(() => () => void keeper.flush(), [keeper])
  return { ...state, keeper }
}
