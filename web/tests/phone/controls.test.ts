import { describe, expect, it } from 'vitest'

import type { InteractionDocument, InteractionState, LiveParticipant } from '@/shared/api/types'
import { controls, slots } from '@/features/phone/controls'
import { currentCall, effectiveSeat } from '@/features/phone/current'
import { initialPhone, type Call, type PhoneState } from '@/features/phone/reducer'
import { lacksSound } from '@/features/phone/useRejoin'

const call = (change: Partial<Call> = {}): Call => ({ key: 'a', interactionId: 'i1', phase: 'live', rejoin: false, muted: false, poor: false, ...change })
const phone = (change: Partial<PhoneState> = {}): PhoneState => ({ ...initialPhone, owner: 'mine', registration: 'registered', ...change })
const party = (role: LiveParticipant['role'], agent: string | null, state: string): LiveParticipant => ({ id: `${role}${agent}`, role, agent_id: agent, number: '8002', name: '', state, since: '2026-01-01T00:00:00Z' })
const enabled = (...[state, interaction, seat = 'browser', online = true]: [PhoneState, InteractionState | null, ('browser' | 'phone')?, boolean?]) => {
  const all = controls(state, interaction && { state: interaction }, seat, online)
  return slots.filter((slot) => all[slot].enabled)
}

describe('the eight slots', () => {
  it('stand in one order, with answer first and hang-up last', () => {
    expect([slots[0], slots.at(-1), slots.length]).toEqual(['answer', 'hangup', 8])
  })

  it('without a call none works', () => {
    expect(enabled(phone(), null)).toEqual([])
  })

  it('ringing: answer and decline', () => {
    expect(enabled(phone({ call: call({ phase: 'incoming' }) }), 'ring')).toEqual(['answer', 'hangup'])
  })

  it('the screen may know before the phone: an answer is taken at once, and only once', () => {
    expect(enabled(phone(), 'ring')).toEqual(['answer', 'hangup'])
    expect(enabled(phone({ call: call({ phase: 'answering' }) }), 'ring')).toEqual(['hangup'])
  })

  it('talking: everything but three-way, which needs somebody who was asked', () => {
    for (const state of ['talk', 'hold'] as const) expect(enabled(phone({ call: call() }), state)).toEqual(['hold', 'mute', 'transfer', 'consult', 'keypad', 'hangup'])
    expect(controls(phone({ call: call() }), { state: 'talk' }, 'browser', true).conference.hint).toBe('softphone.askFirst')
  })

  it('a colleague is asked: the same places say complete, back, merge and, once answered, swap', () => {
    const asked = (state: string) => ({ state: 'consult' as const, agent_id: 'me', participants: [party('consulted', 'other', state)] })
    const rings = controls(phone({ call: call() }), asked('ringing'), 'browser', true, 'me')
    expect([rings.transfer.act, rings.consult.act, rings.conference.enabled, rings.hold.enabled]).toEqual(['complete', 'cancel', false, false])
    const speaks = controls(phone({ call: call() }), asked('talking'), 'browser', true, 'me')
    expect((['hold', 'transfer', 'consult', 'conference'] as const).map((slot) => [speaks[slot].act, speaks[slot].enabled])).toEqual([['alternate', true], ['complete', true], ['cancel', true], ['join', true]])
    // Back with the customer while the colleague waits: it is still a consultation.
    const swapped = controls(phone({ call: call() }), { ...asked('waiting'), state: 'talk' }, 'browser', true, 'me')
    expect(swapped.hold.act).toBe('alternate')
  })

  it('three speak: who is in charge leaves, asks or shows the others; a colleague only sees who is there', () => {
    const three = { state: 'conference' as const, agent_id: 'me', participants: [party('agent', 'me', 'talking'), party('agent', 'other', 'talking')] }
    const mine = controls(phone({ call: call() }), three, 'browser', true, 'me')
    expect([mine.transfer.act, mine.consult.act, mine.conference.act, mine.hold.enabled]).toEqual(['leave', 'consult', 'people', false])
    const theirs = controls(phone({ call: call() }), three, 'browser', true, 'other')
    expect([theirs.transfer.enabled, theirs.consult.enabled, theirs.conference.act, theirs.conference.enabled]).toEqual([false, false, 'people', true])
  })

  it('who is asked can mute and go, and nothing else', () => {
    const asked = { state: 'consult' as const, agent_id: 'other', participants: [party('agent', 'other', 'talking'), party('consulted', 'me', 'talking')] }
    const all = controls(phone({ call: call() }), asked, 'browser', true, 'me')
    expect(slots.filter((slot) => all[slot].enabled)).toEqual(['mute', 'keypad', 'hangup'])
    expect(all.transfer.hint).toBe('softphone.youAreAsked')
  })

  it('a call back that is being dialled can be given up', () => {
    expect(enabled(phone(), 'dial', 'phone')).toEqual(['hangup'])
  })

  it('a desk phone answers itself; hold and hang-up go through the centre', () => {
    expect(enabled(phone(), 'ring', 'phone')).toEqual(['hangup'])
    expect(controls(phone(), { state: 'ring' }, 'phone', true).answer.hint).toBe('phone.answerOnDesk')
    expect(enabled(phone(), 'talk', 'phone')).toEqual(['hold', 'transfer', 'consult', 'hangup'])
  })

  it('with the link away the sound can still be muted and ended, the rest waits', () => {
    expect(enabled(phone({ call: call() }), 'talk', 'browser', false)).toEqual(['mute', 'keypad', 'hangup'])
    expect(enabled(phone(), 'talk', 'phone', false)).toEqual([])
  })

  it('a tab without the phone says where it is', () => {
    const other = phone({ owner: 'other', registration: 'off' })
    expect(controls(other, { state: 'ring' }, 'browser', true).answer).toEqual({ enabled: false, hint: 'phone.otherTab', act: 'answer' })
  })
})

describe('a call without sound', () => {
  it('is one in talk for which a registered browser phone has no session', () => {
    expect(lacksSound(phone(), 'browser', { state: 'talk' })).toBe(true)
    expect(lacksSound(phone(), 'browser', { state: 'hold' })).toBe(true)
    expect(lacksSound(phone({ call: call() }), 'browser', { state: 'talk' })).toBe(false)
    expect(lacksSound(phone({ registration: 'connecting' }), 'browser', { state: 'talk' })).toBe(false)
    expect(lacksSound(phone(), 'phone', { state: 'talk' })).toBe(false)
    expect(lacksSound(phone(), 'browser', { state: 'ring' })).toBe(false)
    expect(lacksSound(phone(), 'browser', null)).toBe(false)
  })
})

describe('the call of the phone bar', () => {
  const one = (id: string, state: InteractionState, channel = 'voice') => ({ id, state, channel }) as InteractionDocument
  it('is the live one before a ringing one before one in wrap-up, and never a chat', () => {
    expect(currentCall([one('w', 'wrapup'), one('r', 'ring'), one('t', 'hold')])?.id).toBe('t')
    expect(currentCall([one('w', 'wrapup'), one('r', 'ring')])?.id).toBe('r')
    expect(currentCall([one('c', 'talk', 'chat')])).toBeNull()
    for (const state of ['consult', 'conference', 'dial'] as const) expect(currentCall([one('w', 'wrapup'), one('t', state)])?.id).toBe('t')
  })
})

describe('the seat', () => {
  it('is where the centre says while at work, and what this machine prefers while offline', () => {
    expect(effectiveSeat({ state: 'ready', seat: 'phone' }, 'browser')).toBe('phone')
    expect(effectiveSeat({ state: 'offline', seat: 'phone' }, 'browser')).toBe('browser')
    expect(effectiveSeat(null, 'browser')).toBe('browser')
  })
})
