import type { InteractionDocument, Seat } from '@/shared/api/types'
import { inTalk } from './current'
import type { PhoneState } from './reducer'
import { talkOf, type Talk } from './talk'

/** The eight slots of the phone bar, always in this order and place. */
export const slots = ['answer', 'hold', 'mute', 'transfer', 'consult', 'conference', 'keypad', 'hangup'] as const
export type Slot = (typeof slots)[number]

/** What three of the slots do depends on who speaks with whom; they change their word, never their place. */
export type Act = Slot | 'retrieve' | 'alternate' | 'complete' | 'cancel' | 'join' | 'leave' | 'people'

/** Keys of what a slot is called while it stands for that. */
export const actWords: Record<Act, string> = {
  answer: 'phone.answer',
  hold: 'phone.hold',
  retrieve: 'phone.retrieve',
  alternate: 'softphone.alternate',
  mute: 'phone.mute',
  transfer: 'phone.transfer',
  complete: 'softphone.complete',
  leave: 'softphone.leave',
  consult: 'phone.consult',
  cancel: 'softphone.cancel',
  conference: 'phone.conference',
  join: 'softphone.join',
  people: 'softphone.people',
  keypad: 'phone.keypad',
  hangup: 'phone.hangup',
}

export interface Control {
  enabled: boolean
  /** Key of the text that says why not, or what it does. */
  hint: string | null
  act: Act
}

type Shown = Pick<InteractionDocument, 'state'> & Partial<Pick<InteractionDocument, 'participants' | 'holders' | 'agent_id'>>

/** Which controls work now. A control is dimmed with the reason, never removed. */
export function controls(phone: PhoneState, interaction: Shown | null, seat: Seat, online: boolean, me: string | null = null): Record<Slot, Control> {
  const state = interaction?.state
  const talk = talkOf(interaction, me)
  const ringing = state === 'ring' || phone.call?.phase === 'incoming'
  // Who is called back hears it ring; it can be given up.
  const talking = inTalk(state) || state === 'dial'
  const session = phone.call !== null
  const elsewhere = seat === 'browser' && phone.owner === 'other'
  const away = 'phone.linkLost'
  const on = (act: Act): Control => ({ enabled: true, hint: null, act })
  const off = (act: Act, hint: string | null = null): Control => ({ enabled: false, hint, act })

  let answer = off('answer')
  if (seat === 'phone') answer = off('answer', ringing ? 'phone.answerOnDesk' : null)
  else if (elsewhere && ringing) answer = off('answer', 'phone.otherTab')
  else if (phone.call?.phase === 'incoming' && !phone.call.rejoin) answer = on('answer')
  // Pressed before the call has reached the phone it is remembered: the screen is faster than the line.
  else if (ringing && phone.call === null) answer = on('answer')
  else if (ringing) answer = off('answer', 'phone.notArrived')

  const live = phone.call?.phase === 'live'
  const bySound = (act: Act) => {
    if (seat === 'phone') return off(act, talking ? 'phone.onDesk' : null)
    if (live) return on(act)
    return off(act, talking && elsewhere ? 'phone.otherTab' : null)
  }
  // A session can be ended from here even when the link to the centre is down.
  const hangup = session || ((talking || ringing) && online) ? on('hangup') : off('hangup', talking || ringing ? away : null)

  const server = ({ enabled, hint, act }: Control): Control => (enabled && !online ? off(act, away) : { enabled, hint, act })
  const three = between(state, talk, on, off)
  return {
    answer,
    hold: server(three.hold),
    mute: bySound('mute'),
    transfer: server(three.transfer),
    consult: server(three.consult),
    conference: server(three.conference),
    keypad: bySound('keypad'),
    hangup,
  }
}

type Make = (act: Act, hint?: string | null) => Control

/** Hold and the three slots for what happens between more than two. */
function between(state: string | undefined, talk: Talk, on: (act: Act) => Control, off: Make): Record<'hold' | 'transfer' | 'consult' | 'conference', Control> {
  if (!inTalk(state)) return { hold: off('hold'), transfer: off('transfer'), consult: off('consult'), conference: off('conference') }
  if (!talk.inCharge) {
    const hint = talk.amAsked ? 'softphone.youAreAsked' : 'softphone.notInCharge'
    const people = talk.others.length > 0 ? on('people') : off('conference', hint)
    return { hold: off('hold', hint), transfer: off('transfer', hint), consult: off('consult', hint), conference: talk.amAsked ? off('conference', hint) : people }
  }
  if (talk.consulting) {
    const answered = talk.answered
    return {
      hold: answered ? on('alternate') : off('alternate', 'softphone.stillRings'),
      transfer: on('complete'),
      consult: on('cancel'),
      conference: answered ? on('join') : off('join', 'softphone.stillRings'),
    }
  }
  if (talk.others.length > 0 || talk.conference) {
    return { hold: off('hold', 'softphone.othersSpeak'), transfer: on('leave'), consult: on('consult'), conference: on('people') }
  }
  const held = state === 'hold'
  return { hold: on(held ? 'retrieve' : 'hold'), transfer: on('transfer'), consult: on('consult'), conference: off('conference', 'softphone.askFirst') }
}
