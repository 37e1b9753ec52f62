import { apiOf, Problem } from '../api/client'
import type { KeptDraft } from '../api/businesses'
import { copiesOf, dropCopy, writeCopy } from './local'
import { changed, merge, type Contact, type Draft, type Values } from './model'
import { draftOf, draftsOf, drop, everyDraft, ownerOf, put } from './store'

/** After the last key. */
export const pause = 500
const again = 5_000

const contacts = new Map<string, Contact>()
const timers = new Map<string, ReturnType<typeof setTimeout>>()
const chains = new Map<string, Promise<void>>()
/** What the centre will not take however often it is sent; it stays in the browser. */
const stuck = new Set<string>()
export const isStuck = (id: string): boolean => stuck.has(id)

/** No answer, too much at once, a fault there, or a session that is just being renewed. */
const passes = (status: number): boolean => status === 0 || status === 401 || status === 429 || status >= 500

/** Where this contact's drafts are sent. */
export const know = (contact: Contact): void => void contacts.set(contact.id, contact)

/** One after the other for each draft: an answer must not overtake the one before it. */
function inTurn(id: string, work: () => Promise<void>): Promise<void> {
  const turn = (chains.get(id) ?? Promise.resolve()).then(work, work)
  chains.set(id, turn)
  void turn.finally(() => chains.get(id) === turn && chains.delete(id))
  return turn
}

function later(draft: Draft, time: number): void {
  clearTimeout(timers.get(draft.id))
  timers.set(draft.id, setTimeout(() => void send(draft.interaction, draft.id), time))
}

/** Take what was typed: kept here at once, at the centre half a second after the last key. */
export function edit(contact: Contact, id: string, form: string, values: Values): void {
  know(contact)
  const before = draftOf(contact.id, id)
  const others = { ...before?.others }
  for (const field of changed(before?.values ?? {}, values)) delete others[field]
  const draft: Draft = {
    ...(before ?? { id, interaction: contact.id, form, base: {}, version: 0, by: null, savedAt: null }),
    values,
    others,
    dirty: true,
    at: Date.now(),
  }
  stuck.delete(id)
  put(draft)
  later(draft, pause)
}

export const send = (interaction: string, id: string): Promise<void> => inTurn(id, () => deliver(interaction, id))

async function deliver(interaction: string, id: string): Promise<void> {
  clearTimeout(timers.get(id))
  const draft = draftOf(interaction, id)
  const contact = contacts.get(interaction)
  if (!draft?.dirty || !contact) return
  const { form, values, version } = draft
  try {
    taken(await apiOf(contact).put<KeptDraft>(`/drafts/${id}`, { interaction_id: interaction, form, values, version }), values)
  } catch (error) {
    refused(draft, error)
  }
}

/** What was typed while it was under way goes next. */
function taken(kept: KeptDraft, sent: Values): void {
  const draft = draftOf(kept.interaction_id, kept.id)
  if (!draft) return
  stuck.delete(draft.id)
  const more = changed(sent, draft.values).length > 0
  put({ ...draft, base: sent, version: kept.version, by: kept.updated_by, savedAt: Date.now(), dirty: more })
}

function refused(draft: Draft, error: unknown): void {
  const { code, status, document } = error as Problem
  const now = draftOf(draft.interaction, draft.id)
  if (!now) return
  if (code === 'draft_moved') {
    const theirs = (document as { draft?: KeptDraft }).draft
    if (theirs) {
      put(joined(now, theirs))
      later(now, 0)
    }
  } else if (code === 'draft_submitted') drop(now.interaction, now.id)
  else if (code === 'no_such_draft') {
    // Closed on another seat while it was typed in here: what was typed stands.
    put({ ...now, version: 0, base: {} })
    later(now, 0)
  } else if (passes(status)) later(now, again)
  else {
    stuck.add(draft.id)
    put({ ...now }) // to be shown
  }
}

/** Theirs, with what was typed here since laid over it. */
function joined(mine: Draft, theirs: KeptDraft): Draft {
  const values = merge(mine.base, mine.values, theirs.values)
  const others: Record<string, string> = { ...mine.others }
  if (theirs.updated_by.id !== ownerOf()) for (const field of changed(mine.values, values)) others[field] = theirs.updated_by.name
  return { ...mine, values, others, base: theirs.values, version: theirs.version, by: theirs.updated_by, dirty: changed(theirs.values, values).length > 0 }
}

const shown = (kept: KeptDraft): Draft => ({
  id: kept.id,
  interaction: kept.interaction_id,
  form: kept.form,
  values: kept.values,
  base: kept.values,
  version: kept.version,
  dirty: false,
  at: Date.parse(kept.updated_at),
  savedAt: Date.parse(kept.updated_at),
  by: kept.updated_by,
  others: {},
})

/** Show what this browser kept of a contact, before the centre is asked. */
export function recall(contact: Contact): void {
  know(contact)
  for (const { gone, ...copy } of copiesOf(ownerOf(), contact.id)) if (!gone && !draftOf(contact.id, copy.id)) put(copy)
}

/** Ask the centre how the drafts of a contact stand, and bring both together. */
export async function refresh(contact: Contact): Promise<void> {
  recall(contact)
  const asked = Date.now()
  const { items } = await apiOf(contact).get<{ items: KeptDraft[] }>(`/interactions/${contact.id}/drafts`)
  const gone = new Set(copiesOf(ownerOf(), contact.id).flatMap((copy) => (copy.gone ? [copy.id] : [])))
  for (const kept of items) {
    const mine = draftOf(contact.id, kept.id)
    if (gone.has(kept.id)) void forget(contact, kept.id)
    else if (!mine) put(shown(kept))
    else if (kept.version > mine.version) put(joined(mine, kept))
  }
  const there = new Set(items.map(({ id }) => id))
  for (const mine of draftsOf(contact.id).values()) {
    // Submitted or closed elsewhere; not what was sent while the list was under way.
    if (!mine.dirty && mine.version > 0 && !there.has(mine.id) && (mine.savedAt ?? 0) < asked) drop(contact.id, mine.id)
    else if (mine.dirty && !stuck.has(mine.id)) later(mine, 0)
  }
}

/** Close it. Returns it for whoever takes that back. */
export function remove(contact: Contact, id: string): Draft | null {
  know(contact)
  const draft = draftOf(contact.id, id)
  if (!draft) return null
  clearTimeout(timers.get(id))
  drop(contact.id, id)
  // It may be under way for the first time: then the centre has it, too.
  writeCopy(ownerOf(), { ...draft, gone: true })
  void forget(contact, id)
  return draft
}

const forget = (contact: Contact, id: string): Promise<void> =>
  inTurn(id, async () => {
    try {
      if (draftOf(contact.id, id)) return // taken back meanwhile
      await apiOf(contact).delete(`/drafts/${id}`)
    } catch (error) {
      const { status } = error as Problem
      if (passes(status)) return // at the next refresh
    }
    if (!draftOf(contact.id, id)) dropCopy(ownerOf(), contact.id, id)
  })

/** Take the closing back. */
export function restore(contact: Contact, draft: Draft): void {
  put({ ...draft, version: 0, base: {}, dirty: true, at: Date.now() })
  know(contact)
  later(draft, 0)
}

/** It was submitted: there is nothing to keep, and nothing to tell the centre. */
export function settle(interaction: string, id: string): void {
  clearTimeout(timers.get(id))
  drop(interaction, id)
}

/** The line is back. */
export function retry(): void {
  for (const draft of everyDraft()) if (draft.dirty && !stuck.has(draft.id)) later(draft, 0)
}
