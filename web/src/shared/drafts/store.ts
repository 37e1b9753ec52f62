import { useSyncExternalStore } from 'react'

import { createStore } from '../store'
import { dropCopy, writeCopy } from './local'
import type { Draft } from './model'

type OfContact = ReadonlyMap<string, Draft>

const none: OfContact = new Map()
const drafts = createStore<ReadonlyMap<string, OfContact>>(new Map())
let owner = ''

/** Whose page it is. What one person typed is no other person's, though they share a browser. */
export function setOwner(personId: string): void {
  if (personId === owner) return
  owner = personId
  drafts.set(new Map())
}

export const ownerOf = (): string => owner

export const draftsOf = (interaction: string): OfContact => drafts.get().get(interaction) ?? none
export const draftOf = (interaction: string, id: string): Draft | null => draftsOf(interaction).get(id) ?? null

function change(interaction: string, next: Map<string, Draft>): void {
  drafts.set(new Map(drafts.get()).set(interaction, next))
}

/** Show it and keep the copy in the browser. */
export function put(draft: Draft): void {
  change(draft.interaction, new Map(draftsOf(draft.interaction)).set(draft.id, draft))
  writeCopy(owner, draft)
}

export function drop(interaction: string, id: string): void {
  dropCopy(owner, interaction, id)
  if (!draftsOf(interaction).has(id)) return
  const next = new Map(draftsOf(interaction))
  next.delete(id)
  change(interaction, next)
}

export const everyDraft = (): Draft[] => [...drafts.get().values()].flatMap((ofContact) => [...ofContact.values()])

export const useDraftsOf = (interaction: string): OfContact => useSyncExternalStore(drafts.subscribe, () => draftsOf(interaction))
export const useDraftOf = (interaction: string, id: string): Draft | null => useSyncExternalStore(drafts.subscribe, () => draftOf(interaction, id))
