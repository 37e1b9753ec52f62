import type { InteractionDocument, LiveParticipant } from '@/shared/api/types'

type Contact = Pick<InteractionDocument, 'state'> & Partial<Pick<InteractionDocument, 'participants' | 'holders' | 'agent_id'>>

/** Who speaks with whom in a call, as seen by one of its agents. */
export interface Talk {
  /** The customer is mine; a colleague in a conference, or one who is asked, may leave and nothing else. */
  inCharge: boolean
  /** Somebody is being asked, whether they have answered or not. */
  consulting: boolean
  asked: LiveParticipant | null
  answered: boolean
  /** I speak with who was asked, or wait for them; the customer does not hear me. */
  aside: boolean
  /** Three and more speak together. */
  conference: boolean
  /** Everybody beside the customer and me. */
  others: readonly LiveParticipant[]
  /** I am who is asked. */
  amAsked: boolean
}

const waits = (one: LiveParticipant): boolean => one.state === 'ringing' || one.state === 'waiting'

export function talkOf(contact: Contact | null, me: string | null): Talk {
  const participants = contact?.participants ?? []
  const inCharge = contact !== null && (contact.agent_id === undefined || contact.agent_id === null || contact.agent_id === me)
  const others = participants.filter((one) => one.role !== 'customer' && (one.agent_id === null || one.agent_id !== me))
  const amAsked = participants.some((one) => one.role === 'consulted' && one.agent_id === me)
  const thirds = others.filter(({ role }) => role === 'third')
  const asked =
    others.find(({ role }) => role === 'consulted') ??
    (contact?.state === 'consult' ? thirds.at(-1) : contact?.state === 'talk' || contact?.state === 'conference' ? thirds.find(waits) : undefined) ??
    null
  const consulting = inCharge && (contact?.state === 'consult' || asked !== null)
  const answered = asked !== null && asked.state !== 'ringing'
  return {
    inCharge,
    consulting,
    asked,
    answered,
    aside: consulting && (contact?.state === 'consult' || asked?.state === 'talking'),
    conference: contact?.state === 'conference',
    others,
    amAsked,
  }
}

/** `8002 赵强`; a number outside stands for itself. */
export const labelOf = (one: Pick<LiveParticipant, 'number' | 'name'>): string => [one.number, one.name].filter(Boolean).join(' ')
