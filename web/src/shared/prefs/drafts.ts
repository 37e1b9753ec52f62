import { useCallback, useEffect, useRef, useState } from 'react'

/** Drafts live in the browser, one per interaction and form, saved 500 ms after the last key. */
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

/** A form value that survives reload; `name` must change with the interaction (use it as the component's key). */
export function useDraft<T>(name: string, initial: T): Draft<T> {
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
