import { describe, expect, it } from 'vitest'

import { serverNow, setServerNow } from '@/shared/time/clock'
import { day, length, secondsLeft, secondsSince, timer } from '@/shared/time/format'

const at = Date.parse('2026-11-20T02:00:00Z')

describe('timers', () => {
  it('show minutes and seconds up to 59:59, then hours', () => {
    expect([0, 6, 59.9, 60, 3599, 3600, 4806].map(timer)).toEqual(['00:00', '00:06', '00:59', '01:00', '59:59', '1:00:00', '1:20:06'])
  })

  it('never run backwards below zero', () => {
    expect(timer(-3)).toBe('00:00')
    expect(secondsSince('2026-11-20T02:00:05Z', at)).toBe(0)
    expect(secondsLeft('2026-11-20T01:59:00Z', at)).toBe(0)
  })

  it('count whole seconds: what has passed rounds down, what is left rounds up', () => {
    expect(secondsSince('2026-11-20T01:59:58.001Z', at)).toBe(1)
    expect(secondsLeft('2026-11-20T02:00:13.001Z', at)).toBe(14)
  })

  it('finished lengths have no leading zero', () => {
    expect([6, 381, 4806].map(length)).toEqual(['0:06', '6:21', '1:20:06'])
  })

  it('the year stands only if it is not this one', () => {
    const now = new Date(2026, 10, 20).getTime()
    expect(day(new Date(2026, 9, 3).getTime(), now)).toBe('10-03')
    expect(day(new Date(2025, 9, 3).getTime(), now)).toBe('2025-10-03')
    expect(day(new Date(2026, 9, 3).getTime(), now, 'en')).toBe('3 Oct')
    expect(day(new Date(2025, 9, 3).getTime(), now, 'en')).toBe('3 Oct 2025')
  })
})

describe('the server clock', () => {
  it('is the local clock plus the greatest offset heard, for a delay can only make the server look slow', () => {
    const local = 1_000_000
    setServerNow(new Date(local + 5_000).toISOString(), local)
    setServerNow(new Date(local + 1_000 + 4_200).toISOString(), local + 1_000)
    expect(serverNow(local + 2_000)).toBe(local + 7_000)
    setServerNow(new Date(local + 3_000 + 5_400).toISOString(), local + 3_000)
    expect(serverNow(local + 4_000)).toBe(local + 9_400)
  })

  it('follows a clock that was set back, after a minute', () => {
    const local = 10_000_000
    setServerNow(new Date(local + 90_000).toISOString(), local)
    setServerNow(new Date(local + 1_000).toISOString(), local + 1_000)
    expect(serverNow(local)).toBe(local + 90_000)
    setServerNow(new Date(local + 61_000).toISOString(), local + 61_000)
    expect(serverNow(local)).toBe(local)
  })

  it('ignores what is no instant', () => {
    const before = serverNow(0)
    setServerNow('soon', 0)
    expect(serverNow(0)).toBe(before)
  })
})
