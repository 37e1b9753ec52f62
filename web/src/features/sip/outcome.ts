import type { SipCall } from '@/shared/api/telephony'
import type { IconName } from '@/shared/ui/icons'
import type { Tone } from '@/shared/ui/parts'

type Translate = (key: string, options?: Record<string, unknown>) => string

export interface Outcome {
  tone: Tone
  icon: IconName
  /** Key of the word. */
  word: string
}

/** How a call went: colour, shape and word. */
export function outcomeOf(call: Pick<SipCall, 'status' | 'answered_at' | 'ringing_at' | 'ended_at'>): Outcome {
  if (!call.ended_at) {
    if (call.answered_at) return { tone: 'accent', icon: 'phone', word: 'tel.calls.talking' }
    return { tone: 'accent', icon: 'ringing', word: call.ringing_at ? 'tel.calls.ringing' : 'tel.calls.trying' }
  }
  if (call.answered_at) return { tone: 'ok', icon: 'checkCircle', word: 'tel.calls.answered' }
  const { status } = call
  if (status === 487) return { tone: 'neutral', icon: 'minusCircle', word: 'tel.calls.cancelled' }
  const word = known.has(status) ? `tel.status.${status}` : `tel.statusClass.${Math.floor(status / 100)}`
  if (status === 486 || status === 600 || status === 480 || status === 603) return { tone: 'amber', icon: 'minusCircle', word }
  if (status >= 300 && status < 400) return { tone: 'violet', icon: 'transfer', word }
  if (status >= 400 || status === 0) return { tone: 'red', icon: 'octagon', word }
  return { tone: 'neutral', icon: 'minusCircle', word }
}

const known = new Set([400, 401, 403, 404, 407, 408, 410, 415, 422, 480, 481, 482, 483, 484, 486, 488, 491, 500, 501, 502, 503, 504, 600, 603, 604, 606])

/** The other end: a trunk by its name, a browser by that word, else transport and address. */
export function farEnd(call: Pick<SipCall, 'hop' | 'trunk'>, t: Translate): string {
  if (call.trunk) return call.trunk.name
  return hopName(call.hop, t)
}

export function hopName(hop: string, t: Translate): string {
  if (hop === 'local') return t('tel.calls.local')
  const at = hop.indexOf(':')
  const kind = hop.slice(0, at)
  if (kind === 'flow') return t('tel.calls.browser')
  return `${hop.slice(at + 1)} ${kind.toUpperCase()}`
}

/** Seconds the parties talked, until now if they still do; null if they never did. */
export function talked(call: Pick<SipCall, 'answered_at' | 'ended_at'>, now: number): number | null {
  if (!call.answered_at) return null
  return Math.max(0, ((call.ended_at ? Date.parse(call.ended_at) : now) - Date.parse(call.answered_at)) / 1_000)
}
