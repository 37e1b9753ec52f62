import { useSyncExternalStore } from 'react'

import { notify } from '../notices'
import { createStore } from '../store'
import { Icon } from './Icon'

interface Toast {
  id: number
  text: string
  tone: 'red' | 'amber' | 'ok'
  action?: ToastAction
}

/** What can be done about it; pressing it closes the toast. */
export interface ToastAction {
  label: string
  act: () => void
}

const icons = { red: 'octagon', amber: 'info', ok: 'check' } as const
const shown_for = 6_000
const store = createStore<readonly Toast[]>([])
let next = 1

/** A result that has no field to stand beside; bottom left of the work area, never over controls. It stays among the notices. */
export function toast(text: string, tone: Toast['tone'] = 'red', action?: ToastAction): void {
  notify(text, tone)
  const id = next++
  store.set([...store.get().slice(-2), { id, text, tone, action }])
  // One that offers a way back stays long enough to be read and reached.
  setTimeout(() => close(id), action ? shown_for * 2 : shown_for)
}

const close = (id: number) => store.set(store.get().filter((one) => one.id !== id))

export function Toasts() {
  const toasts = useSyncExternalStore(store.subscribe, store.get)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((one) => (
        <div key={one.id} className={`toast tone-${one.tone}`}>
          <Icon name={icons[one.tone]} />
          <span>{one.text}</span>
          {one.action && (
            <button
              type="button"
              className="link toast-action"
              onClick={() => {
                close(one.id)
                one.action?.act()
              }}
            >
              {one.action.label}
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
