import { useSyncExternalStore } from 'react'

import type { AgentDocument, InteractionDocument, QueueDocument } from '../api/types'
import { createStore } from '../store'
import { setServerNow } from '../time/clock'
import { LiveConnection, type Link } from './socket'
import { emptyLive, type LiveState } from './state'

const documents = createStore<LiveState>(emptyLive)
const link = createStore<Link>({ status: 'connecting', since: Date.now() })

/** Subscribe this page to the centre. Returns what ends the subscription. */
export function connectLive(token: string, onRefused: () => void): () => void {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  const connection = new LiveConnection({
    url: `${scheme}://${location.host}/ws/events`,
    token,
    onState: documents.set,
    onLink: link.set,
    onNow: setServerNow,
    onRefused,
  })
  const online = () => connection.hurry()
  // In a hidden window the browser lets timers sleep.
  const seen = () => document.hidden || connection.hurry()
  window.addEventListener('online', online)
  document.addEventListener('visibilitychange', seen)
  connection.start()
  return () => {
    window.removeEventListener('online', online)
    document.removeEventListener('visibilitychange', seen)
    connection.stop()
    // The next token's connection brings them anew; until then nobody's call is gone.
    documents.set({ ...documents.get(), fresh: false })
  }
}

/** Another person or another tenant sees other documents. */
export const forgetDocuments = (): void => documents.set(emptyLive)

export const useLink = (): Link => useSyncExternalStore(link.subscribe, link.get)

/** The documents as a whole; a new map on every change. */
export const useDocuments = (): LiveState['docs'] => useSyncExternalStore(documents.subscribe, () => documents.get().docs)

export const useLiveFresh = (): boolean => useSyncExternalStore(documents.subscribe, () => documents.get().fresh)

export function useAgent(personId: string): AgentDocument | null {
  const key = `agent/${personId}`
  return useSyncExternalStore(documents.subscribe, () => (documents.get().docs.get(key) as AgentDocument) ?? null)
}

/** Any document by its key. */
export function useDocument<T>(key: string): T | null {
  return useSyncExternalStore(documents.subscribe, () => (documents.get().docs.get(key) as T | undefined) ?? null)
}

export function useInteraction(id: string | null): InteractionDocument | null {
  return useSyncExternalStore(
    documents.subscribe,
    () => (id ? ((documents.get().docs.get(`interaction/${id}`) as InteractionDocument) ?? null) : null),
  )
}

const views = new WeakMap<InteractionDocument, { agentId: string; view: InteractionDocument }>()

/** `asSeenBy`, the same object for the same document. */
function seenBy(interaction: InteractionDocument, agentId: string): InteractionDocument {
  const known = views.get(interaction)
  if (known?.agentId === agentId) return known.view
  const view = asSeenBy(interaction, agentId)
  views.set(interaction, { agentId, view })
  return view
}

let kept: InteractionDocument[] = []

/** The interactions of an agent; the same array until one of them changes, so that a queue that counts paints no desk anew. */
export function mineOf(docs: LiveState['docs'], agentId: string): InteractionDocument[] {
  const found = interactionsOf(docs, agentId)
  if (found.length !== kept.length || found.some((one, place) => one !== kept[place])) kept = found
  return kept
}

export const useMine = (agentId: string): InteractionDocument[] => useSyncExternalStore(documents.subscribe, () => mineOf(documents.get().docs, agentId))

/** For an agent who has parted from the customer it is in wrap-up, though a colleague may talk on. */
export function asSeenBy(interaction: InteractionDocument, agentId: string): InteractionDocument {
  const own = interaction.wrapups?.find((one) => one.agent_id === agentId)
  // Who is asked by a colleague sees it ring until they answer.
  const asked = own ? undefined : interaction.participants?.find((one) => one.agent_id === agentId && one.role === 'consulted' && one.state === 'ringing')
  if (asked) return { ...interaction, state: 'ring', state_since: asked.since, until: null }
  return own ? { ...interaction, state: 'wrapup', state_since: own.since, until: own.until } : interaction
}

/** The interactions offered to or held by this agent, oldest first. A leader's screen gets everybody's: filter. */
export function interactionsOf(docs: LiveState['docs'], agentId: string): InteractionDocument[] {
  const mine: InteractionDocument[] = []
  for (const [key, value] of docs) {
    if (!key.startsWith('interaction/')) continue
    const interaction = value as InteractionDocument
    const held = interaction.agent_id === agentId || (interaction.holders ?? []).some((one) => one.agent_id === agentId)
    if (held && interaction.state !== 'closed') mine.push(seenBy(interaction, agentId))
  }
  return mine.toSorted((a, b) => a.started_at.localeCompare(b.started_at))
}

export function queuesOf(docs: LiveState['docs']): QueueDocument[] {
  const queues: QueueDocument[] = []
  for (const [key, value] of docs) if (key.startsWith('queue/')) queues.push(value as QueueDocument)
  return queues
}
