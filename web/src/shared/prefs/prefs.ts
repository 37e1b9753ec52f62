import { useSyncExternalStore } from 'react'

import type { Seat } from '../api/types'
import { createStore } from '../store'
import { useMedia } from '../ui/useMedia'
import type { PanelPrefs } from './panel'

/** What one person likes on this machine; kept in the browser. */
export interface Prefs {
  theme: 'system' | 'light' | 'dark'
  language: 'zh' | 'en'
  seat: Seat
  /** The browser phone's sound takes relays alone, to find out whether they work. */
  relayOnly: boolean
  /** Desktop notes while the window is hidden. */
  notes: boolean
  /** Who rings, in the window's title. */
  flash: boolean
  /** The browser phone rings aloud. */
  ring: boolean
  /** Shortcuts that were changed, by action. */
  keys: Readonly<Record<string, string>>
  /** The tools beside the work area, by channel. */
  panels: Readonly<Record<string, Partial<PanelPrefs>>>
}

const key = 'yuelai.prefs'
const standard: Prefs = { theme: 'system', language: 'zh', seat: 'browser', relayOnly: false, notes: false, flash: true, ring: true, keys: {}, panels: {} }

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

const dark = '(prefers-color-scheme: dark)'

export const systemIsDark = (): boolean => window.matchMedia(dark).matches
export const useSystemDark = (): boolean => useMedia(dark)
export const useReducedMotion = (): boolean => useMedia('(prefers-reduced-motion: reduce)')
