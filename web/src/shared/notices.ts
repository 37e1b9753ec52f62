import { useSyncExternalStore } from 'react'

import { createStore } from './store'

/** Results and events elsewhere, kept for this session of this tab: a toast is gone in six seconds, this is not. */
export interface Notice {
  id: number
  /** Local milliseconds. */
  at: number
  text: string
  tone: 'red' | 'amber' | 'ok'
  /** A path of the console where it can be looked at. */
  to?: string
  read: boolean
}

const key = 'yuelai.notices'
const most = 100

function read(): readonly Notice[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? (kept as Notice[]) : []
  } catch {
    return []
  }
}

const store = createStore<readonly Notice[]>(read())

function change(notices: readonly Notice[]): void {
  store.set(notices)
  try {
    sessionStorage.setItem(key, JSON.stringify(notices))
  } catch {
    // Storage full or forbidden: they last as long as the page.
  }
}

/** Newest first. */
export const useNotices = (): readonly Notice[] => useSyncExternalStore(store.subscribe, store.get)

export function notify(text: string, tone: Notice['tone'] = 'ok', to?: string): void {
  const notices = store.get()
  const [latest] = notices
  const at = Date.now()
  const id = (latest?.id ?? 0) + 1
  // What repeats itself is one notice.
  const rest = latest?.text === text && latest.to === to ? notices.slice(1) : notices
  change([{ id, at, text, tone, to, read: false }, ...rest].slice(0, most))
}

export function readNotices(): void {
  if (store.get().some((one) => !one.read)) change(store.get().map((one) => ({ ...one, read: true })))
}

export const clearNotices = (): void => change([])
