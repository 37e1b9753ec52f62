import type { InteractionDocument, TrailLine } from '@/shared/api/types'

/** Who passed this customer on to me, or asks me about them, and what they wrote to me. */
export interface Handed {
  by: string
  note: string
  how: 'transferred' | 'asked'
}

/** The note of a transfer is written just before it, that of a question just after. */
const beside = 3_000
const isHanding = ({ kind, data, actor }: TrailLine): boolean => (kind === 'transfer' || kind === 'consult') && !data.failed && actor !== 'system'

function noteOf(trail: readonly TrailLine[], line: TrailLine): string {
  const at = Date.parse(line.at)
  return trail.findLast((one) => one.kind === 'note' && one.actor === line.actor && Math.abs(Date.parse(one.at) - at) < beside)?.text ?? ''
}

/** Null when nobody did: the centre itself gave me the contact, or I have handed it on. `me` is my work number. */
export function handedBy(contact: Pick<InteractionDocument, 'trail'>, me: string | null): Handed | null {
  const index = contact.trail.findLastIndex(isHanding)
  const line = contact.trail[index]
  if (!line || line.actor === me) return null
  // What was handed on and did not arrive is with its sender again.
  if (contact.trail.slice(index + 1).some(({ kind, data }) => kind === line.kind && data.failed)) return null
  const asked = line.kind === 'consult' ? line : contact.trail.slice(0, index).findLast((one) => one.kind === 'consult' && one.actor === line.actor && !one.data.failed)
  const note = noteOf(contact.trail, line) || (asked && line.data.kind === 'attended' ? noteOf(contact.trail, asked) : '')
  return { by: line.actor, note, how: line.kind === 'transfer' ? 'transferred' : 'asked' }
}

/** A transfer, a question or a call out that came to nothing: what to tell its agent. */
export interface Failed {
  key: string
  kind: 'transfer' | 'consult' | 'callback'
  whom: string
  why: string
}

const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

export function failures(contact: Pick<InteractionDocument, 'id' | 'trail'>): Failed[] {
  return contact.trail
    .filter(({ kind, data }) => ((kind === 'transfer' || kind === 'consult') && data.failed) || (kind === 'callback' && data.result))
    .map(({ at, kind, data }) => ({
      key: `${contact.id} ${at}`,
      kind: kind as Failed['kind'],
      whom: word(data.agent) || word(data.queue) || word(data.access) || word(data.number),
      why: word(data.failed) || word(data.result),
    }))
}
