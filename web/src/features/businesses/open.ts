import i18next from 'i18next'
import { useMemo, useSyncExternalStore } from 'react'

import { leaveTab, openTab } from '@/features/desk/selection'
import { apiOf } from '@/shared/api/client'
import { newId } from '@/shared/drafts/ids'
import type { Contact, Draft } from '@/shared/drafts/model'
import { useDraftsOf } from '@/shared/drafts/store'
import { remove, restore, settle } from '@/shared/drafts/sync'
import { createStore } from '@/shared/store'
import { toast } from '@/shared/ui/toasts'

/** A form that is open for a contact. Once touched it has a draft, which tells the same to every seat. */
export interface OpenForm {
  id: string
  kind: string
}

export const businessTab = (id: string): string => `business:${id}`
const form_prefix = 'business:'
export const formName = (kind: string): string => form_prefix + kind

const prefix = 'yuelai.open.'
const none: readonly OpenForm[] = []
const open = createStore<ReadonlyMap<string, readonly OpenForm[]>>(new Map())

function read(interaction: string): readonly OpenForm[] {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + interaction) ?? '[]') as OpenForm[]
  } catch {
    return none
  }
}

/** Those that this page opened; what a reload left of them, the first time it is asked. */
function openOf(interaction: string): readonly OpenForm[] {
  const held = open.get().get(interaction)
  if (held) return held
  const kept = read(interaction)
  ;(open.get() as Map<string, readonly OpenForm[]>).set(interaction, kept)
  return kept
}

function setOpen(interaction: string, forms: readonly OpenForm[]): void {
  open.set(new Map(open.get()).set(interaction, forms))
  try {
    sessionStorage.setItem(prefix + interaction, JSON.stringify(forms))
  } catch {
    // Forms that were touched are kept as drafts all the same.
  }
}

/** Open a new form of this kind and show it; it stands on the trail. Returns its draft's id. */
export function openBusiness(contact: Contact, kind: string): string {
  const id = newId()
  setOpen(contact.id, [...openOf(contact.id), { id, kind }])
  openTab(contact.id, businessTab(id))
  // Best effort: a line that does not reach the trail must not keep anybody from working.
  void apiOf(contact)
    .post('/businesses/openings', { interaction_id: contact.id, kind })
    .catch(() => undefined)
  return id
}

const withdraw = (contact: Contact, id: string): void => setOpen(contact.id, openOf(contact.id).filter((one) => one.id !== id))

/** Close a form, half filled or not; for some seconds that can be taken back. */
export function closeBusiness(contact: Contact, form: OpenForm, name: string): void {
  leaveTab(contact.id, businessTab(form.id))
  const draft: Draft | null = remove(contact, form.id)
  withdraw(contact, form.id)
  toast(i18next.t('business.closed', { name }), 'amber', {
    label: i18next.t('business.undo'),
    act: () => {
      if (draft) restore(contact, draft)
      setOpen(contact.id, [...openOf(contact.id), form])
      openTab(contact.id, businessTab(form.id))
    },
  })
}

/** It has been submitted. */
export function finishBusiness(contact: Contact, id: string): void {
  leaveTab(contact.id, businessTab(id))
  settle(contact.id, id)
  withdraw(contact, id)
}

/** The forms of a contact in the order in which they were opened, on this seat or another. */
export function useOpenForms(interaction: string): readonly OpenForm[] {
  const mine = useSyncExternalStore(open.subscribe, () => openOf(interaction))
  const drafts = useDraftsOf(interaction)
  return useMemo(() => {
    const all = new Map(mine.map((one) => [one.id, one]))
    for (const { id, form } of drafts.values()) if (form.startsWith(form_prefix)) all.set(id, { id, kind: form.slice(form_prefix.length) })
    return [...all.values()].toSorted((a, b) => a.id.localeCompare(b.id))
  }, [mine, drafts])
}
