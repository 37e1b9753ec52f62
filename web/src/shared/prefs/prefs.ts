import { useSyncExternalStore } from 'react'

import { createStore } from '../store'
import type { Seat } from '../api/types'

/** What one person likes on this machine; kept in the browser. */
export interface Prefs {
  theme: 'system' | 'light' | 'dark'
  language: 'zh' | 'en'
  seat: Seat
  /** Desktop notes while the window is hidden. */
  notes: boolean
  panel: 'closed' | 'normal' | 'wide'
}

const key = 'yuelai.prefs'
const standard: Prefs = { theme: 'system', language: 'zh', seat: 'browser', notes: false, panel: 'normal' }

function read(): Prefs {
  try {
    return { ...standard, ...(JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Prefs>) }
  } catch {
    return standard
  }
}

const store = createStore<Prefs>(read())

export const getPrefs = store.get

export function setPrefs(change: Partial<Prefs>): void {
  const next = { ...store.get(), ...change }
  store.set(next)
  try {
    localStorage.setItem(key, JSON.stringify(next))
  } catch {
    // A full or forbidden storage costs only the memory of the choice.
  }
}

export const usePrefs = (): Prefs => useSyncExternalStore(store.subscribe, store.get)

function media(query: string): { subscribe: (listener: () => void) => () => void; get: () => boolean } {
  return {
    subscribe: (listener) => {
      const list = window.matchMedia(query)
      list.addEventListener('change', listener)
      return () => list.removeEventListener('change', listener)
    },
    get: () => window.matchMedia(query).matches,
  }
}

const dark = media('(prefers-color-scheme: dark)')
const still = media('(prefers-reduced-motion: reduce)')

export const systemIsDark = dark.get
export const useSystemDark = (): boolean => useSyncExternalStore(dark.subscribe, dark.get)
export const useReducedMotion = (): boolean => useSyncExternalStore(still.subscribe, still.get)
