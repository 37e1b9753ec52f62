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
  useSyncExternalStore(tabs.subscribe, () => tabOf(interactionId))

const tabOf = (interactionId: string): string | null => tabs.get().get(interactionId) ?? sessionStorage.getItem(tab_key + interactionId)

export function openTab(interactionId: string, tab: string | null): void {
  const open = tabOf(interactionId)
  if (open !== null && open !== tab) last.set(interactionId, open)
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

const last = new Map<string, string>()

/** A page is closed: if it was open, the one that was open before it is. */
export function leaveTab(interactionId: string, tab: string): void {
  if (tabOf(interactionId) !== tab) return
  const back = last.get(interactionId)
  openTab(interactionId, back && back !== tab ? back : null)
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
