import { useCallback, useContext, useEffect, useLayoutEffect, useRef, useState } from 'react'

import { fixedId } from '../drafts/ids'
import { useInteractionDraft } from '../drafts/useInteractionDraft'
import { useInteraction } from '../live/store'
import { MeContext } from '../ui/may'

/** Drafts that belong to no contact live in the browser, saved 500 ms after the last key. */
const prefix = 'yuelai.draft.'
const keep_days = 7
const pause = 500

interface Stored<T> {
  at: number
  value: T
}

function read<T>(name: string): Stored<T> | null {
  try {
    const text = localStorage.getItem(prefix + name)
    return text ? (JSON.parse(text) as Stored<T>) : null
  } catch {
    return null
  }
}

function write<T>(name: string, value: T): number {
  const at = Date.now()
  try {
    localStorage.setItem(prefix + name, JSON.stringify({ at, value }))
  } catch {
    // Storage full or forbidden: the form itself still holds the words.
  }
  return at
}

export function forgetDraft(name: string): void {
  localStorage.removeItem(prefix + name)
}

/** Drop what nobody came back for. */
export function sweepDrafts(now: number = Date.now()): void {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(prefix)) continue
    const stored = read<unknown>(key.slice(prefix.length))
    if (!stored || now - stored.at > keep_days * 86_400_000) localStorage.removeItem(key)
  }
}

export interface Draft<T> {
  value: T
  set: (value: T) => void
  /** Forget it: submitted or emptied on purpose. */
  clear: () => void
  /** When it was last saved, local milliseconds; null if there is nothing saved. */
  savedAt: number | null
}

/** Forms of a contact. A note and a wrap-up are each agent's own; somebody new is new to all who serve them. */
const forms = { customer: { form: 'create', own: false }, note: { form: 'note', own: true }, wrapup: { form: 'wrapup', own: true } } as const
const of_contact = /^(customer|note|wrapup)\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** The id under which a contact's form is kept; `own` forms are one for each person. */
export const formId = (interaction: string, name: keyof typeof forms, person: string): string =>
  forms[name].own ? fixedId(interaction, forms[name].form, person) : fixedId(interaction, forms[name].form)

/**
 * A form value that survives reload; `name` must change with the interaction (use it as the component's key). Those of a
 * contact are kept at the centre and go with it.
 */
export function useDraft<T>(name: string, initial: T): Draft<T> {
  const me = useContext(MeContext)
  const found = me ? of_contact.exec(name) : null
  const kind = (found?.[1] ?? 'note') as keyof typeof forms
  const interaction = found?.[2] ?? ''
  const tenant = useInteraction(interaction || null)?.tenant.id ?? null
  const kept = useInteractionDraft(interaction, tenant, forms[kind].form, formId(interaction, kind, me?.id ?? ''), initial)
  const local = useLocalDraft(name, initial)
  return found ? kept : local
}

/** To be told what was sent, once it has been taken: what was typed since stays. */
export function useSent({ value, set, clear }: Draft<string>): (sent: string) => void {
  const latest = useRef({ value, set, clear })
  useLayoutEffect(() => {
    latest.current = { value, set, clear }
  })
  return useCallback((sent: string) => {
    const now = latest.current
    if (now.value === sent) now.clear()
    else if (now.value.startsWith(sent)) now.set(now.value.slice(sent.length))
  }, [])
}

function useLocalDraft<T>(name: string, initial: T): Draft<T> {
  const [stored] = useState(() => read<T>(name))
  const [value, setValue] = useState<T>(stored ? stored.value : initial)
  const [savedAt, setSavedAt] = useState<number | null>(stored?.at ?? null)
  const pending = useRef<{ timer: ReturnType<typeof setTimeout>; value: T } | null>(null)
  const first = useRef(initial)

  const flush = useCallback(() => {
    if (!pending.current) return
    clearTimeout(pending.current.timer)
    const at = write(name, pending.current.value)
    pending.current = null
    setSavedAt(at)
  }, [name])

  const set = useCallback(
    (next: T) => {
      setValue(next)
      if (pending.current) clearTimeout(pending.current.timer)
      pending.current = { value: next, timer: setTimeout(flush, pause) }
    },
    [flush],
  )

  const clear = useCallback(() => {
    if (pending.current) clearTimeout(pending.current.timer)
    pending.current = null
    forgetDraft(name)
    setValue(first.current)
    setSavedAt(null)
  }, [name])

  useEffect(() => {
    window.addEventListener('pagehide', flush)
    return () => {
      window.removeEventListener('pagehide', flush)
      flush()
    }
  }, [flush])

  return { value, set, clear, savedAt }
}
