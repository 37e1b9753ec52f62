import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'

import { sweepDrafts, useDraft, type Draft } from '@/shared/prefs/drafts'

let draft: Draft<string>
function Probe({ name }: { name: string }) {
  draft = useDraft(name, '')
  return null
}

describe('drafts', () => {
  let root: Root
  const mount = (name = 'note.i1') => {
    root = createRoot(document.createElement('div'))
    act(() => root.render(<Probe name={name} />))
  }
  beforeEach(() => {
    ;(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true
    vi.useFakeTimers()
    localStorage.clear()
    mount()
  })
  afterEach(() => {
    act(() => root.unmount())
    vi.useRealTimers()
  })

  it('are saved half a second after the last key and come back', () => {
    act(() => draft.set('客户说'))
    act(() => vi.advanceTimersByTime(400))
    act(() => draft.set('客户说没出境'))
    expect(localStorage.length).toBe(0)
    act(() => vi.advanceTimersByTime(500))
    expect(draft.savedAt).not.toBeNull()
    act(() => root.unmount())
    mount()
    expect(draft.value).toBe('客户说没出境')
  })

  it('lose nothing when the page is left before the half second is over', () => {
    act(() => draft.set('abc'))
    act(() => root.unmount())
    mount()
    expect(draft.value).toBe('abc')
  })

  it('are gone once sent', () => {
    act(() => draft.set('abc'))
    act(() => draft.clear())
    act(() => vi.advanceTimersByTime(1_000))
    expect(draft.value).toBe('')
    expect(localStorage.length).toBe(0)
  })

  it('belong to one interaction', () => {
    act(() => draft.set('abc'))
    act(() => root.unmount())
    mount('note.i2')
    expect(draft.value).toBe('')
  })

  it('nobody came back for go after a week', () => {
    act(() => draft.set('abc'))
    act(() => vi.advanceTimersByTime(500))
    sweepDrafts(Date.now() + 6 * 86_400_000)
    expect(localStorage.length).toBe(1)
    sweepDrafts(Date.now() + 8 * 86_400_000)
    expect(localStorage.length).toBe(0)
  })
})
