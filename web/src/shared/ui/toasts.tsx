import { useSyncExternalStore } from 'react'

import { createStore } from '../store'
import { Icon } from './Icon'

interface Toast {
  id: number
  text: string
  tone: 'red' | 'amber' | 'ok'
}

const icons = { red: 'octagon', amber: 'info', ok: 'check' } as const
const shown_for = 6_000
const store = createStore<readonly Toast[]>([])
let next = 1

/** A result that has no field to stand beside; bottom left of the work area, never over controls. */
export function toast(text: string, tone: Toast['tone'] = 'red'): void {
  const id = next++
  store.set([...store.get().slice(-2), { id, text, tone }])
  setTimeout(() => store.set(store.get().filter((one) => one.id !== id)), shown_for)
}

export function Toasts() {
  const toasts = useSyncExternalStore(store.subscribe, store.get)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((one) => (
        <div key={one.id} className={`toast tone-${one.tone}`}>
          <Icon name={icons[one.tone]} />
          <span>{one.text}</span>
        </div>
      ))}
    </div>
  )
}
