import { useEffect, useLayoutEffect, useRef } from 'react'

export interface KeyLike {
  key: string
  code?: string
  keyCode?: number
  isComposing?: boolean
  ctrlKey: boolean
  shiftKey: boolean
  altKey: boolean
  metaKey: boolean
}

/** True while an input method is composing: such keys belong to it alone. 229 is what older engines report instead. */
export const composing = (event: KeyLike): boolean => event.isComposing === true || event.keyCode === 229

/** `Ctrl+Alt+Shift+X`, or null for keys that are never shortcuts (composition, lone modifiers, Ctrl+Space). */
export function combination(event: KeyLike): string | null {
  if (composing(event)) return null
  if (['Control', 'Shift', 'Alt', 'Meta', 'Process', 'Dead', 'Unidentified'].includes(event.key)) return null
  if (event.ctrlKey && (event.key === ' ' || event.code === 'Space')) return null
  let name = event.key.length === 1 ? event.key.toUpperCase() : event.key
  // With Alt the key may be a dead or special letter (macOS); the code still tells which one was struck.
  const struck = /^(?:Key|Digit)(.)$/.exec(event.code ?? '')
  if (event.altKey && struck?.[1]) name = struck[1]
  const parts: string[] = []
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl')
  if (event.altKey) parts.push('Alt')
  if (event.shiftKey && name.length > 1) parts.push('Shift')
  parts.push(name)
  return parts.join('+')
}

/** Inside a field bare letters and digits are text. */
export function isEditable(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

type Handler = (event: KeyboardEvent) => void
interface Binding {
  handler: { current: Handler }
  enabled: { current: boolean }
}

const bindings = new Map<string, Binding[]>()

let capture: ((name: string) => void) | null = null

/** Give every combination struck from now on to `taker`, to learn a new shortcut. Returns what ends it. */
export function captureKeys(taker: (name: string) => void): () => void {
  listen()
  capture = taker
  return () => {
    if (capture === taker) capture = null
  }
}

/** Do what the newest enabled binding of a combination does, without the key. Returns whether there is one. */
export function strike(name: string): boolean {
  const taken = bindings.get(name)?.findLast((binding) => binding.enabled.current)
  taken?.handler.current(new KeyboardEvent('keydown'))
  return taken !== undefined
}

/** The newest enabled binding of a combination takes the key. Held-down repeats are swallowed, not acted on. */
export function dispatchKey(event: KeyboardEvent): boolean {
  const name = combination(event)
  if (!name) return false
  if (capture) {
    event.preventDefault()
    event.stopPropagation()
    if (!event.repeat) capture(name)
    return true
  }
  // A layer that has this key itself: what lies behind it must not act.
  const own = event.target instanceof Element ? event.target.closest('[data-own-keys]') : null
  if (own?.getAttribute('data-own-keys') === name) return false
  const taken = bindings.get(name)?.findLast((binding) => binding.enabled.current)
  if (!taken) return false
  event.preventDefault()
  event.stopPropagation()
  if (!event.repeat) taken.handler.current(event)
  return true
}

let listening = false
function listen(): void {
  if (listening) return
  listening = true
  window.addEventListener('keydown', dispatchKey, { capture: true })
}

/** Bind a combination for the whole page while `enabled`. Bare keys do not belong here. */
export function useHotkey(name: string, handler: Handler, enabled = true): void {
  const handlerRef = useRef(handler)
  const enabledRef = useRef(enabled)
  // Before the paint: a key meant for what the screen now shows must not find the handler of what it showed before.
  useLayoutEffect(() => {
    handlerRef.current = handler
    enabledRef.current = enabled
  })
  useEffect(() => {
    listen()
    const binding: Binding = { handler: handlerRef, enabled: enabledRef }
    const list = bindings.get(name) ?? []
    list.push(binding)
    bindings.set(name, list)
    return () => {
      list.splice(list.indexOf(binding), 1)
    }
  }, [name])
}
