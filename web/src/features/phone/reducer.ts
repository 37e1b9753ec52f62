/** What the browser phone of this tab is doing: pure, fed by the SIP user agent, the tab lock and the microphone. */

export type CallPhase = 'incoming' | 'answering' | 'live'

export interface Call {
  /** Distinguishes SIP sessions of this page. */
  key: string
  interactionId: string | null
  phase: CallPhase
  /** The centre calls back after a reload: answered without asking. */
  rejoin: boolean
  muted: boolean
  /** The link loses or delays so much that the sound suffers. */
  poor: boolean
}

export type Registration = 'off' | 'connecting' | 'registered' | 'failed'
export type Microphone = 'unknown' | 'ok' | 'denied' | 'missing'

export interface PhoneState {
  /** Which tab owns the phone; `waiting` until the lock manager has answered. */
  owner: 'waiting' | 'mine' | 'other'
  registration: Registration
  call: Call | null
  microphone: Microphone
  device: string | null
  /** The centre has relays that sound may take. */
  relays: boolean
  /** Interactions this page has had a session for; only others may be rejoined unasked. */
  known: readonly string[]
}

export const initialPhone: PhoneState = {
  owner: 'waiting',
  registration: 'off',
  call: null,
  microphone: 'unknown',
  device: null,
  relays: false,
  known: [],
}

export type PhoneEvent =
  | { type: 'lock'; owner: 'mine' | 'other' }
  | { type: 'registration'; registration: Registration }
  | { type: 'incoming'; key: string; interactionId: string | null; rejoin: boolean }
  | { type: 'answering'; key: string }
  /** Answering failed for want of a microphone: it still rings. */
  | { type: 'unanswered'; key: string }
  | { type: 'live'; key: string }
  | { type: 'ended'; key: string }
  | { type: 'muted'; key: string; muted: boolean }
  | { type: 'link'; key: string; poor: boolean }
  | { type: 'relays'; available: boolean }
  | { type: 'microphone'; microphone: Microphone; device?: string | null }

function onCall(state: PhoneState, key: string, change: Partial<Call>): PhoneState {
  if (state.call?.key !== key) return state
  return { ...state, call: { ...state.call, ...change } }
}

export function reducePhone(state: PhoneState, event: PhoneEvent): PhoneState {
  switch (event.type) {
    case 'lock':
      if (event.owner === 'mine') return { ...state, owner: 'mine' }
      return { ...state, owner: 'other', registration: 'off', call: null }
    case 'registration':
      return { ...state, registration: event.registration }
    case 'incoming': {
      const { key, interactionId, rejoin } = event
      const known = interactionId && !state.known.includes(interactionId) ? [...state.known, interactionId] : state.known
      return { ...state, known, call: { key, interactionId, rejoin, phase: 'incoming', muted: false, poor: false } }
    }
    case 'answering':
      return state.call?.phase === 'incoming' ? onCall(state, event.key, { phase: 'answering' }) : state
    case 'unanswered':
      return state.call?.phase === 'answering' ? onCall(state, event.key, { phase: 'incoming' }) : state
    case 'live':
      return onCall(state, event.key, { phase: 'live' })
    case 'ended':
      // The end of a replaced session must not clear its successor.
      return state.call?.key === event.key ? { ...state, call: null } : state
    case 'muted':
      return onCall(state, event.key, { muted: event.muted })
    case 'link':
      return onCall(state, event.key, { poor: event.poor })
    case 'relays':
      return { ...state, relays: event.available }
    case 'microphone':
      return { ...state, microphone: event.microphone, device: event.device === undefined ? state.device : event.device }
  }
}
