import { useCallback } from 'react'

import { getPrefs, setPrefs, usePrefs } from '../prefs/prefs'
import { strike, useHotkey } from './keys'

/** What can be done by key, by the regions of the help: its id, the key it has unless somebody changed it, its name. */
export const actions = [
  { id: 'answer', keys: 'F2', name: 'keyAction.answer' },
  { id: 'hangup', keys: 'Shift+F2', name: 'keyAction.hangup' },
  { id: 'hold', keys: 'F4', name: 'keyAction.hold' },
  { id: 'mute', keys: 'F8', name: 'keyAction.mute' },
  { id: 'consult', keys: 'F9', name: 'keyAction.consult' },
  { id: 'transfer', keys: 'Shift+F9', name: 'keyAction.transfer' },
  { id: 'conference', keys: 'Shift+F8', name: 'keyAction.conference' },
  { id: 'business', keys: 'Ctrl+B', name: 'keyAction.business' },
  { id: 'rosterUp', keys: 'Alt+ArrowUp', name: 'keyAction.rosterUp' },
  { id: 'rosterDown', keys: 'Alt+ArrowDown', name: 'keyAction.rosterDown' },
  { id: 'note', keys: 'Alt+N', name: 'keyAction.note' },
  { id: 'script', keys: 'Alt+S', name: 'keyAction.script' },
  { id: 'expert', keys: 'Alt+X', name: 'keyAction.expert' },
  { id: 'submit', keys: 'Ctrl+Enter', name: 'keyAction.submit' },
  { id: 'palette', keys: 'Ctrl+K', name: 'keyAction.palette' },
  { id: 'region', keys: 'F6', name: 'keyAction.region' },
  { id: 'regionBack', keys: 'Shift+F6', name: 'keyAction.regionBack' },
  { id: 'help', keys: 'F1', name: 'keyAction.help' },
] as const

export type ActionId = (typeof actions)[number]['id']

/** Keys that are always what they are: their meaning depends on the place. */
export const fixedKeys = [
  { keys: 'Alt 1–9', name: 'keys.tab' },
  { keys: '1–9', name: 'keys.candidate' },
  { keys: 'Esc', name: 'keys.escape' },
] as const

const standard = new Map<ActionId, string>(actions.map(({ id, keys }) => [id, keys]))

/** The key an action has now. */
export const keysOf = (id: ActionId, chosen: Readonly<Record<string, string>> = getPrefs().keys): string => chosen[id] ?? standard.get(id) ?? ''

export const useKeysOf = (): ((id: ActionId) => string) => {
  const { keys } = usePrefs()
  return useCallback((id: ActionId) => keysOf(id, keys), [keys])
}

/** Shift F2, Alt ↑: as it is drawn on a keycap. */
export const keyText = (keys: string): string =>
  keys
    .split('+')
    .map((part) => ({ ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' })[part] ?? part)
    .join(' ')

/** Why a key cannot be had: it is no shortcut, the browser or an input method keeps it, or another action has it. */
export type Refused = { why: 'bare' | 'reserved' } | { why: 'taken'; by: ActionId }

// Alt with D, E and F opens menus of browsers; the others close, reload or leave the page.
const reserved = /^(?:Alt\+[DEF1-9]|Ctrl\+(?:[WTNRL]|Shift\+.*)|F5|F11|F12|Alt\+F4|Alt\+Arrow(?:Left|Right)|Ctrl\+Tab|Alt\+Tab)$/

export function refused(id: ActionId, keys: string, chosen: Readonly<Record<string, string>>): Refused | null {
  if (!/^(?:Ctrl\+|Alt\+)/.test(keys) && !/^(?:Shift\+)?F\d+$/.test(keys)) return { why: 'bare' }
  if (reserved.test(keys)) return { why: 'reserved' }
  const other = actions.find((one) => one.id !== id && keysOf(one.id, chosen) === keys)
  return other ? { why: 'taken', by: other.id } : null
}

/** Give an action another key; one that is its own standard is no change. */
export function setKeys(id: ActionId, keys: string): void {
  const { [id]: _, ...rest } = getPrefs().keys
  setPrefs({ keys: keys === standard.get(id) ? rest : { ...rest, [id]: keys } })
}

export const resetKeys = (): void => setPrefs({ keys: {} })

/** Bind what an action does while `enabled`, to whatever key it has. The newest binding takes the key. */
export function useAction(id: ActionId, handler: (event: KeyboardEvent) => void, enabled = true): void {
  const { keys } = usePrefs()
  useHotkey(keysOf(id, keys), handler, enabled)
}

/** Do it without its key. Returns whether anybody did. */
export const runAction = (id: ActionId): boolean => strike(keysOf(id))
