import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'

import { combination, useHotkey, type KeyLike } from '@/shared/keys/keys'

const key = (init: Partial<KeyLike> & { key: string }): KeyLike => ({ ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...init })

describe('combinations', () => {
  it.each([
    [{ key: 'F2' }, 'F2'],
    [{ key: 'F2', shiftKey: true }, 'Shift+F2'],
    [{ key: '1', altKey: true, code: 'Digit1' }, 'Alt+1'],
    [{ key: '¡', altKey: true, code: 'Digit1' }, 'Alt+1'],
    [{ key: 'n', altKey: true, code: 'KeyN' }, 'Alt+N'],
    [{ key: 'Enter', ctrlKey: true }, 'Ctrl+Enter'],
    [{ key: 'Enter', metaKey: true }, 'Ctrl+Enter'],
    [{ key: 'ArrowUp', altKey: true }, 'Alt+ArrowUp'],
    [{ key: '1' }, '1'],
  ])('%o is %s', (event, name) => {
    expect(combination(key(event))).toBe(name)
  })

  it('keys of an input method are never shortcuts', () => {
    expect(combination(key({ key: 'F2', isComposing: true }))).toBeNull()
    expect(combination(key({ key: '1', keyCode: 229 }))).toBeNull()
    expect(combination(key({ key: 'Process' }))).toBeNull()
  })

  it('Ctrl+Space and lone modifiers stay with the input method', () => {
    expect(combination(key({ key: ' ', ctrlKey: true }))).toBeNull()
    expect(combination(key({ key: 'Shift', ctrlKey: true, shiftKey: true }))).toBeNull()
  })
})

function Bound({ name, onKey, enabled }: { name: string; onKey: () => void; enabled?: boolean }) {
  useHotkey(name, onKey, enabled)
  return <input data-testid="field" />
}

describe('bindings', () => {
  let root: Root
  let box: HTMLElement
  const strike = (init: KeyboardEventInit & { isComposing?: boolean }, target: EventTarget = document.body) => {
    const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init })
    target.dispatchEvent(event)
    return event
  }
  const render = (node: React.ReactNode) => act(() => root.render(node))

  beforeEach(() => {
    ;(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true
    box = document.body.appendChild(document.createElement('div'))
    root = createRoot(box)
  })
  afterEach(() => {
    act(() => root.unmount())
    box.remove()
  })

  it('a bound key acts, inside a field too, and the browser does not see it', () => {
    const answer = vi.fn()
    render(<Bound name="F2" onKey={answer} />)
    const event = strike({ key: 'F2' }, box.querySelector('input') ?? document.body)
    expect(answer).toHaveBeenCalledTimes(1)
    expect(event.defaultPrevented).toBe(true)
  })

  it('nothing happens while an input method composes', () => {
    const answer = vi.fn()
    render(<Bound name="F2" onKey={answer} />)
    expect(strike({ key: 'F2', isComposing: true }).defaultPrevented).toBe(false)
    expect(answer).not.toHaveBeenCalled()
  })

  it('holding a key down acts once', () => {
    const toggle = vi.fn()
    render(<Bound name="F4" onKey={toggle} />)
    strike({ key: 'F4' })
    strike({ key: 'F4', repeat: true })
    expect(toggle).toHaveBeenCalledTimes(1)
  })

  it('the newest enabled binding takes the key, and gives it back when it leaves', () => {
    const outer = vi.fn()
    const inner = vi.fn()
    const both = (enabled: boolean) => (
      <>
        <Bound name="Ctrl+Enter" onKey={outer} />
        <Bound name="Ctrl+Enter" onKey={inner} enabled={enabled} />
      </>
    )
    render(both(true))
    strike({ key: 'Enter', ctrlKey: true })
    render(both(false))
    strike({ key: 'Enter', ctrlKey: true })
    render(<Bound name="Ctrl+Enter" onKey={outer} />)
    strike({ key: 'Enter', ctrlKey: true })
    expect([outer.mock.calls.length, inner.mock.calls.length]).toEqual([2, 1])
  })

  it('a layer that has the key itself gets it; what lies behind does not act', () => {
    const behind = vi.fn()
    const own = vi.fn()
    render(
      <>
        <Bound name="Ctrl+Enter" onKey={behind} />
        <Bound name="F2" onKey={behind} />
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <form data-own-keys="Ctrl+Enter" onKeyDown={(event) => own(event.key)}>
          <input data-testid="inside" />
        </form>
      </>,
    )
    const inside = box.querySelector('[data-testid=inside]') ?? document.body
    strike({ key: 'Enter', ctrlKey: true }, inside)
    expect([behind.mock.calls.length, own.mock.calls.length]).toEqual([0, 1])
    // Every other key is as ever, and so is this one outside.
    strike({ key: 'F2' }, inside)
    strike({ key: 'Enter', ctrlKey: true }, box.querySelector('[data-testid=field]') ?? document.body)
    expect([behind.mock.calls.length, own.mock.calls.length]).toEqual([2, 1])
  })
})
