import type { FlowDocument } from './types'
import { sameDocument } from './document'

const deepest = 200

export interface History {
  past: readonly FlowDocument[]
  present: FlowDocument
  future: readonly FlowDocument[]
  /** What the newest change was of; changes of the same thing in a row are one step. */
  of: string
}

export type Act = { type: 'change'; document: FlowDocument; of?: string } | { type: 'undo' } | { type: 'redo' } | { type: 'reset'; document: FlowDocument }

export const begun = (document: FlowDocument): History => ({ past: [], present: document, future: [], of: '' })

/** Undo and redo over whole documents: they share all that has not changed. */
export function history(state: History, act: Act): History {
  const { past, present, future } = state
  if (act.type === 'reset') return begun(act.document)
  if (act.type === 'undo') {
    const last = past.at(-1)
    return last ? { past: past.slice(0, -1), present: last, future: [present, ...future], of: '' } : state
  }
  if (act.type === 'redo') {
    const [next, ...rest] = future
    return next ? { past: [...past, present], present: next, future: rest, of: '' } : state
  }
  if (sameDocument(act.document, present)) return state
  const of = act.of ?? ''
  if (of !== '' && of === state.of) return { past, present: act.document, future: [], of }
  return { past: [...past, present].slice(-deepest), present: act.document, future: [], of }
}
