import { beforeEach, describe, expect, it } from 'vitest'

import { actions, keysOf, keyText, refused, resetKeys, setKeys } from '@/shared/keys/actions'
import { getPrefs } from '@/shared/prefs/prefs'

describe('shortcuts', () => {
  beforeEach(resetKeys)

  it('no two actions have the same key to begin with, and none a key that is refused', () => {
    expect(new Set(actions.map(({ keys }) => keys)).size).toBe(actions.length)
    expect(actions.filter(({ id, keys }) => refused(id, keys, {}) !== null)).toEqual([])
  })

  it('can be changed and are remembered', () => {
    setKeys('note', 'Alt+M')
    expect(keysOf('note')).toBe('Alt+M')
    expect(JSON.parse(localStorage.getItem('yuelai.prefs') ?? '{}').keys).toEqual({ note: 'Alt+M' })
    setKeys('note', 'Alt+N')
    expect(getPrefs().keys).toEqual({})
  })

  it('a key that another action has is refused, and free again once that one has another', () => {
    expect(refused('note', 'F2', {})).toEqual({ why: 'taken', by: 'answer' })
    expect(refused('note', 'F2', { answer: 'Alt+A' })).toBeNull()
  })

  it.each(['A', '1', 'Enter', 'Shift+Enter', 'ArrowUp'])('%s is no shortcut: it belongs to fields and lists', (keys) => {
    expect(refused('note', keys, {})).toEqual({ why: 'bare' })
  })

  it.each(['Alt+D', 'Alt+E', 'Alt+F', 'Alt+3', 'Ctrl+W', 'Ctrl+Shift+K', 'F5', 'F12'])('%s stays with the browser or the tabs', (keys) => {
    expect(refused('note', keys, {})).toEqual({ why: 'reserved' })
  })

  it('are drawn as they are struck', () => {
    expect([keyText('Shift+F2'), keyText('Alt+ArrowUp')]).toEqual(['Shift F2', 'Alt ↑'])
  })
})
