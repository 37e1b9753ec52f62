import { describe, expect, it } from 'vitest'

import { aboutRule, addressFits, bodyOfRule, emptyRule, limitsOf, networkFits, wrongInRule } from '@/features/guards/rules'
import { drawingOf } from '@/features/sip/drawing'
import { readCallsFilter } from '@/features/sip/filter'
import { farEnd, outcomeOf, talked } from '@/features/sip/outcome'

const t = (key: string, options?: Record<string, unknown>) => [key.replace(/^(tel|admin)\.(guards|calls|common)\./, ''), ...Object.values(options ?? {})].join(':')
const at = '2026-11-20T08:00:00Z'

describe('how a call went', () => {
  const call = { status: 0, answered_at: null, ringing_at: null, ended_at: null }
  it('is told by colour, shape and word', () => {
    expect(outcomeOf(call)).toMatchObject({ tone: 'accent', word: 'tel.calls.trying' })
    expect(outcomeOf({ ...call, ringing_at: at })).toMatchObject({ tone: 'accent', word: 'tel.calls.ringing' })
    expect(outcomeOf({ ...call, status: 200, answered_at: at })).toMatchObject({ word: 'tel.calls.talking' })
    expect(outcomeOf({ ...call, status: 200, answered_at: at, ended_at: at })).toMatchObject({ tone: 'ok', word: 'tel.calls.answered' })
    expect(outcomeOf({ ...call, status: 486, ended_at: at })).toMatchObject({ tone: 'amber', word: 'tel.status.486' })
    expect(outcomeOf({ ...call, status: 487, ended_at: at })).toMatchObject({ tone: 'neutral', word: 'tel.calls.cancelled' })
    expect(outcomeOf({ ...call, status: 599, ended_at: at })).toMatchObject({ tone: 'red', word: 'tel.statusClass.5' })
    expect(outcomeOf({ ...call, ended_at: at })).toMatchObject({ tone: 'red', word: 'tel.statusClass.0' })
    expect(outcomeOf({ ...call, status: 302, ended_at: at })).toMatchObject({ tone: 'violet' })
  })
  it('counts the talk until now while it lasts', () => {
    const now = Date.parse(at) + 65_000
    expect(talked({ answered_at: null, ended_at: at }, now)).toBeNull()
    expect(talked({ answered_at: at, ended_at: null }, now)).toBe(65)
    expect(talked({ answered_at: at, ended_at: '2026-11-20T08:00:05Z' }, now)).toBe(5)
  })
  it('names the other end', () => {
    expect(farEnd({ hop: 'udp:192.0.2.7:5060', trunk: null }, t)).toBe('192.0.2.7:5060 UDP')
    expect(farEnd({ hop: 'flow:17', trunk: null }, t)).toBe('browser')
    expect(farEnd({ hop: 'udp:192.0.2.7:5060', trunk: { id: '1', code: 'ct', name: '电信' } }, t)).toBe('电信')
  })
})

describe('the filter of calls in the address', () => {
  it('keeps what it knows', () => {
    const id = '01933f4e-1111-7000-8000-000000000001'
    expect(readCallsFilter({ number: 13800000001, status: 'failed', direction: 'in', trunk: id, from: '2026-11-20', other: 1 })).toEqual({ number: '13800000001', status: 'failed', direction: 'in', trunk: id, from: '2026-11-20' })
    expect(readCallsFilter({ status: '486' })).toEqual({ status: '486' })
    expect(readCallsFilter({ status: 'x', direction: 'up', trunk: 'x', correlation: 7, to: 'never' })).toEqual({})
  })
})

describe('a drawing from the centre', () => {
  const draw = (inside: string) => drawingOf(`<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`)
  it('is taken when it is one', () => {
    expect(draw('<g data-index="0"><rect/><text>INVITE</text></g>')?.querySelectorAll('g')).toHaveLength(1)
  })
  it('is refused when it could do anything else', () => {
    for (const evil of ['<script>1</script>', '<g onclick="1"/>', '<a href="javascript:1"/>', '<foreignObject/>', '<image href="x"/>', '<g xlink:href="x" xmlns:xlink="http://www.w3.org/1999/xlink"/>']) expect(draw(evil)).toBeNull()
    expect(drawingOf('<html/>')).toBeNull()
  })
})

describe('rules of the guards', () => {
  it('know addresses and networks', () => {
    for (const text of ['203.0.113.7', '2001:db8::1']) expect(addressFits(text)).toBe(true)
    for (const text of ['203.0.113', '256.1.1.1', 'x', '203.0.113.0/24']) expect(addressFits(text)).toBe(false)
    for (const text of ['203.0.113.7', '203.0.113.0/24', '2001:db8::/32']) expect(networkFits(text)).toBe(true)
    for (const text of ['203.0.113.0/33', 'all']) expect(networkFits(text)).toBe(false)
  })
  const rule = { ...emptyRule, name: '夜间' }
  it('say what is wrong', () => {
    expect(wrongInRule(rule)).toEqual({})
    expect(wrongInRule({ ...emptyRule, action: 'limit', prefixes: ['+86'], countries: ['hk'], from_time: '22:00' })).toEqual({
      name: 'tel.wrong.name', prefixes: 'tel.wrong.prefix', countries: 'tel.wrong.country', hours: 'tel.wrong.hours', limits: 'tel.wrong.limit',
    })
  })
  it('send limits only where they limit', () => {
    expect(bodyOfRule({ ...rule, max_concurrent: 2 }).max_concurrent).toBeNull()
    expect(bodyOfRule({ ...rule, action: 'limit', max_concurrent: 2 }).max_concurrent).toBe(2)
  })
  it('read as a line', () => {
    expect(aboutRule(rule, new Map(), t)).toBe('allNumbers')
    expect(aboutRule({ ...rule, classes: ['premium'], countries: ['HK'], seats: ['8001'], from_time: '22:00', to_time: '07:00' }, new Map(), t)).toBe('class.premium HK · by:8001 · 22:00–07:00')
    expect(limitsOf({ ...rule, action: 'limit', counted: 'all', max_spend_day_micro: 50_000_000 }, t)).toBe('counted.all limitText.max_spend_day_micro:50.00')
  })
})
