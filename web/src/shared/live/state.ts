import type { LiveDocument, LiveMessage } from '../api/types'

/** What a screen knows: the snapshot with all changes up to `seq` applied. */
export interface LiveState {
  readonly seq: number
  readonly docs: ReadonlyMap<string, LiveDocument>
  /** False before the first snapshot and after a gap; the documents stay readable meanwhile. */
  readonly fresh: boolean
}

export const emptyLive: LiveState = { seq: 0, docs: new Map(), fresh: false }

/**
 * Apply one message. A change that does not follow the last one by exactly 1 leaves the documents alone and makes
 * the state stale: the caller must take a fresh snapshot.
 */
export function applyLive(state: LiveState, message: LiveMessage): LiveState {
  switch (message.type) {
    case 'snapshot':
      return { seq: message.seq, docs: new Map(Object.entries(message.docs)), fresh: true }
    case 'change': {
      if (!state.fresh) return state
      if (message.seq !== state.seq + 1) return { ...state, fresh: false }
      const docs = new Map(state.docs)
      if (message.value === null) docs.delete(message.key)
      else docs.set(message.key, message.value)
      return { seq: message.seq, docs, fresh: true }
    }
    default:
      return state
  }
}
