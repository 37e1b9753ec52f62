import type { InteractionDocument, Seat } from '@/shared/api/types'
import { inTalk } from './current'
import type { PhoneState } from './reducer'

/** The eight slots of the phone bar, always in this order and place. */
export const slots = ['answer', 'hold', 'mute', 'transfer', 'consult', 'conference', 'keypad', 'hangup'] as const
export type Slot = (typeof slots)[number]

export interface Control {
  enabled: boolean
  /** Key of the text that says why not, or what it does. */
  hint: string | null
}

const on: Control = { enabled: true, hint: null }
const off = (hint: string | null = null): Control => ({ enabled: false, hint })

/** Which controls work now. A control is dimmed with the reason, never removed. */
export function controls(
  phone: PhoneState,
  interaction: Pick<InteractionDocument, 'state'> | null,
  seat: Seat,
  online: boolean,
): Record<Slot, Control> {
  const state = interaction?.state
  const ringing = state === 'ring' || phone.call?.phase === 'incoming'
  // Who is called back hears it ring; it can be given up.
  const talking = inTalk(state) || state === 'dial'
  const holdable = state === 'talk' || state === 'hold'
  const session = phone.call !== null
  const later = off('phone.notYet')
  const idle = off()
  const elsewhere = seat === 'browser' && phone.owner === 'other'
  const away = off('phone.linkLost')

  let answer = idle
  if (seat === 'phone') answer = ringing ? off('phone.answerOnDesk') : idle
  else if (elsewhere && ringing) answer = off('phone.otherTab')
  else if (phone.call?.phase === 'incoming' && !phone.call.rejoin) answer = on
  // Pressed before the call has reached the phone it is remembered: the screen is faster than the line.
  else if (ringing && phone.call === null) answer = on
  else if (ringing) answer = off('phone.notArrived')

  const live = phone.call?.phase === 'live'
  const byServer = holdable ? (online ? on : away) : idle
  const bySound = seat === 'phone' ? (talking ? off('phone.onDesk') : idle) : live ? on : talking && elsewhere ? off('phone.otherTab') : idle
  // A session can be ended from here even when the link to the centre is down.
  const hangup = session || ((talking || ringing) && online) ? on : talking || ringing ? away : idle

  return {
    answer,
    hold: byServer,
    mute: bySound,
    transfer: later,
    consult: later,
    conference: later,
    keypad: bySound,
    hangup,
  }
}
