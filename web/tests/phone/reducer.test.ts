import { describe, expect, it } from 'vitest'

import { initialPhone, reducePhone, type PhoneEvent, type PhoneState } from '@/features/phone/reducer'

const run = (events: PhoneEvent[], from: PhoneState = initialPhone) => events.reduce(reducePhone, from)
const incoming = (key: string, interactionId = 'i1', rejoin = false): PhoneEvent => ({ type: 'incoming', key, interactionId, rejoin })
const mine: PhoneEvent[] = [
  { type: 'lock', owner: 'mine' },
  { type: 'registration', registration: 'registered' },
]

describe('the phone of a tab', () => {
  it('goes from ringing over answering to live and is free again', () => {
    const ringing = run([...mine, incoming('a')])
    expect(ringing.call).toMatchObject({ phase: 'incoming', interactionId: 'i1', muted: false })
    const answering = run([{ type: 'answering', key: 'a' }], ringing)
    expect(answering.call?.phase).toBe('answering')
    const live = run([{ type: 'live', key: 'a' }], answering)
    expect(live.call?.phase).toBe('live')
    expect(run([{ type: 'ended', key: 'a' }], live).call).toBeNull()
  })

  it('the late end of a replaced session leaves its successor alone', () => {
    const state = run([...mine, incoming('old'), { type: 'live', key: 'old' }, incoming('new', 'i1', true), { type: 'ended', key: 'old' }])
    expect(state.call).toMatchObject({ key: 'new', rejoin: true })
  })

  it('rings on when there was no microphone to answer with', () => {
    const state = run([...mine, incoming('a'), { type: 'answering', key: 'a' }, { type: 'unanswered', key: 'a' }])
    expect(state.call?.phase).toBe('incoming')
  })

  it('a live call does not go back to answering', () => {
    const state = run([...mine, incoming('a'), { type: 'live', key: 'a' }, { type: 'answering', key: 'a' }])
    expect(state.call?.phase).toBe('live')
  })

  it('a poor link belongs to one call and is gone with the next', () => {
    const poor = run([...mine, incoming('a'), { type: 'live', key: 'a' }, { type: 'link', key: 'a', poor: true }])
    expect(poor.call?.poor).toBe(true)
    expect(run([{ type: 'link', key: 'old', poor: false }], poor).call?.poor).toBe(true)
    expect(run([{ type: 'ended', key: 'a' }, incoming('b')], poor).call?.poor).toBe(false)
  })

  it('mute belongs to one call and is gone with the next', () => {
    const muted = run([...mine, incoming('a'), { type: 'live', key: 'a' }, { type: 'muted', key: 'a', muted: true }])
    expect(muted.call?.muted).toBe(true)
    expect(run([{ type: 'ended', key: 'a' }, incoming('b')], muted).call?.muted).toBe(false)
    expect(run([{ type: 'muted', key: 'zzz', muted: false }], muted).call?.muted).toBe(true)
  })

  it('remembers for which interactions it had a session', () => {
    const state = run([...mine, incoming('a'), { type: 'ended', key: 'a' }, incoming('b', 'i1'), incoming('c', 'i2')])
    expect(state.known).toEqual(['i1', 'i2'])
  })

  it('a tab that loses the phone has no call and is not registered', () => {
    const state = run([...mine, incoming('a'), { type: 'live', key: 'a' }, { type: 'lock', owner: 'other' }])
    expect(state).toMatchObject({ owner: 'other', call: null, registration: 'off' })
  })

  it('keeps the device name until told otherwise', () => {
    const named = run([{ type: 'microphone', microphone: 'ok', device: 'Jabra' }])
    expect(run([{ type: 'microphone', microphone: 'ok' }], named).device).toBe('Jabra')
    expect(run([{ type: 'microphone', microphone: 'denied', device: null }], named)).toMatchObject({ microphone: 'denied', device: null })
  })
})
