import type { LiveDocument, LiveMessage } from '../api/types'

/** What a screen knows: the snapshot with all changes up to `seq` of the centre's life `epoch` applied. */
export interface LiveState {
  readonly epoch: string
  readonly seq: number
  /** Changes taken on this connection. */
  readonly n: number
  readonly docs: ReadonlyMap<string, LiveDocument>
  /** False before the first snapshot and after a gap or a cut; the documents stay readable meanwhile. */
  readonly fresh: boolean
}

export const emptyLive: LiveState = { epoch: '', seq: 0, n: 0, docs: new Map(), fresh: false }

/**
 * Apply one message. A change that does not follow the last one by exactly 1 leaves the documents alone and makes
 * the state stale: the caller must take a fresh snapshot.
 */
export function applyLive(state: LiveState, message: LiveMessage): LiveState {
  switch (message.type) {
    case 'snapshot': {
      const docs = new Map(Object.entries(message.docs))
      return { epoch: message.epoch, seq: message.seq, n: 0, docs, fresh: true }
    }
    case 'resumed': {
      const docs = new Map(state.docs)
      for (const [key, value] of Object.entries(message.changes)) put(docs, key, value)
      return { epoch: message.epoch, seq: message.seq, n: 0, docs, fresh: true }
    }
    case 'change': {
      if (!state.fresh) return state
      if (message.n !== state.n + 1) return { ...state, fresh: false }
      const docs = new Map(state.docs)
      put(docs, message.key, message.value)
      return { ...state, seq: message.seq, n: message.n, docs }
    }
    default:
      return state
  }
}

function put(docs: Map<string, LiveDocument>, key: string, value: LiveDocument | null): void {
  if (value === null) docs.delete(key)
  else docs.set(key, value)
}
