import { useSyncExternalStore } from 'react'

import type { InteractionDocument } from '@/shared/api/types'
import { createStore } from '@/shared/store'

/** Which interaction the desk shows, and which tab of each one was last open. */
const selected = createStore<string | null>(null)
const tabs = createStore<ReadonlyMap<string, string>>(new Map())

export const useSelected = (): string | null => useSyncExternalStore(selected.subscribe, selected.get)
export const select = selected.set

// A reload comes back to the page that was open.
const tab_key = 'yuelai.tab.'

export const useTab = (interactionId: string): string | null =>
  useSyncExternalStore(tabs.subscribe, () => tabs.get().get(interactionId) ?? sessionStorage.getItem(tab_key + interactionId))

export function openTab(interactionId: string, tab: string | null): void {
  const next = new Map(tabs.get())
  if (tab === null) {
    next.delete(interactionId)
    sessionStorage.removeItem(tab_key + interactionId)
  } else {
    next.set(interactionId, tab)
    sessionStorage.setItem(tab_key + interactionId, tab)
  }
  tabs.set(next)
}

/**
 * Which interaction to show after the list has changed. A new one pops unless the agent is in the middle of another;
 * one that is gone gives way to the first that remains.
 */
export function nextSelection(
  current: string | null,
  before: readonly Pick<InteractionDocument, 'id'>[],
  after: readonly Pick<InteractionDocument, 'id' | 'state'>[],
): string | null {
  const held = after.find((one) => one.id === current)
  const fresh = after.find((one) => !before.some((old) => old.id === one.id))
  if (held && (!fresh || held.state !== 'ring')) return held.id
  return fresh?.id ?? after[0]?.id ?? null
}
