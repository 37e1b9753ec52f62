import { describe, expect, it } from 'vitest'

import { changesOf, emptyTrunk, fieldOf, hostFits, networkFits, wrongIn, type TrunkDraft } from '@/features/trunks/form'
import { channelsOf, crowded, percent, repairOf } from '@/features/trunks/look'
import { hoursText, moved, sharesText } from '@/features/trunks/routes'
import { numberFits } from '@/features/trunks/TestCall'
import { Problem } from '@/shared/api/client'
import type { TrunkDocument } from '@/shared/api/telephony'

const trunk: TrunkDraft = { ...emptyTrunk, code: 'ct', name: '电信', host: 'sip.example.net' }
const none = { secret: false, peer_secret: false }
const t = (key: string) => key.replace('tel.routes.', '')

describe('the form of a trunk', () => {
  it('says what is wrong, field by field, and nothing more', () => {
    expect(wrongIn(trunk, {}, none, true)).toEqual({})
    expect(wrongIn(emptyTrunk, {}, none, true)).toEqual({ name: 'admin.common.nameMissing', code: 'admin.common.codeWrong', host: 'tel.wrong.hostToCall' })
    expect(wrongIn({ ...trunk, host: 'sip example' }, {}, none, true)).toEqual({ host: 'tel.wrong.host' })
    expect(wrongIn({ ...trunk, sources: ['203.0.113.0/28', '0.0.0.0/0'] }, {}, none, true)).toEqual({ sources: 'tel.wrong.network' })
    expect(wrongIn({ ...trunk, options_seconds: 3 }, {}, none, true)).toEqual({ options_seconds: 'tel.wrong.options' })
    expect(wrongIn({ ...trunk, rates: [{ prefix: '86', per_minute_micro: 1 }, { prefix: '86', per_minute_micro: 2 }] }, {}, none, true)).toEqual({ rates: 'tel.wrong.rates' })
  })
  it('takes a trunk without a host if the other side registers here', () => {
    expect(wrongIn({ ...trunk, host: '', peer_username: 'pbx' }, { peer_secret: 'x' }, none, true)).toEqual({})
    expect(wrongIn({ ...trunk, host: '', direction: 'in' }, {}, none, true)).toEqual({})
  })
  it('asks for name and password to register, and is content with a password that is kept', () => {
    const registers = { ...trunk, register: true }
    expect(wrongIn(registers, {}, none, true)).toEqual({ username: 'tel.wrong.username', secret: 'tel.wrong.secret' })
    expect(wrongIn({ ...registers, username: 'u' }, {}, { ...none, secret: true }, false)).toEqual({})
    expect(wrongIn({ ...registers, username: 'u' }, { secret: '' }, { ...none, secret: true }, false)).toEqual({ secret: 'tel.wrong.secret' })
  })
  it('sends only what differs; a password only when there is a new one, or none any more', () => {
    expect(changesOf(trunk, { ...trunk, name: ' 电信 ' }, {})).toEqual({})
    expect(changesOf(trunk, { ...trunk, port: 5060 }, { secret: 'new' })).toEqual({ port: 5060, secret: 'new' })
    expect(changesOf(trunk, trunk, { secret: '' })).toEqual({ secret: '' })
  })
  it('says a refusal beside its field', () => {
    expect(fieldOf(new Problem(422, { code: 'bad_trunk', field: 'host' } as never))).toBe('host')
    expect(fieldOf(new Problem(409, { code: 'code_taken' }))).toBe('code')
    expect(fieldOf(new Problem(503, { code: 'unavailable' }))).toBeNull()
    expect(fieldOf(null)).toBeNull()
  })
  it('knows hosts, networks and numbers', () => {
    for (const host of ['sip.example.net', '192.0.2.1', '2001:db8::1', '[2001:db8::1]', 'pbx']) expect(hostFits(host)).toBe(true)
    for (const host of ['-x', 'a b', 'sip:x', 'x/y']) expect(hostFits(host)).toBe(false)
    for (const network of ['192.0.2.1', '203.0.113.0/28', '2001:db8::/32']) expect(networkFits(network)).toBe(true)
    for (const network of ['0.0.0.0/0', '192.0.2.300', '192.0.2.1/40', 'example.net', '10.0.0.0/7']) expect(networkFits(network)).toBe(false)
    expect(numberFits('0571-8812 6620')).toBe(true)
    expect(numberFits('8')).toBe(false)
  })
})

describe('a trunk on the screen', () => {
  const doc = { channels: { in: 3, out: 6, max: 10 } } as TrunkDocument
  it('shows channels of how many, and that they run out', () => {
    expect(channelsOf(doc, 10)).toBe('9 / 10')
    expect(channelsOf(doc, 0)).toBe('9')
    expect(channelsOf(undefined, 10)).toBe('–')
    expect(crowded(doc, 10)).toBe(true)
    expect(crowded(doc, 30)).toBe(false)
    expect(crowded(doc, 0)).toBe(false)
  })
  it('offers a repair for what it knows, all of certificates alike', () => {
    expect(repairOf('certificate_expired')).toBe('tel.trunks.repair.certificate')
    expect(repairOf('something_new')).toBeNull()
    expect(percent(0.873)).toBe('87%')
    expect(percent(null)).toBe('–')
  })
})

describe('a route', () => {
  const names = new Map([['a', '电信'], ['b', '联通'], ['c', '移动']])
  const share = (trunk_id: string, priority: number, weight = 10) => ({ trunk_id, priority, weight })
  it('reads as the order of trying, with the shares of those that are equal', () => {
    expect(sharesText({ trunks: [share('b', 2, 30), share('a', 1), share('c', 2, 10)] }, names, t)).toBe('电信 → 联通 75% + 移动 25%')
    expect(sharesText({ trunks: [] }, names, t)).toBe('allTrunks')
  })
  it('moves one to another place and counts anew', () => {
    expect(moved([share('a', 1), share('b', 1), share('c', 4)], 2, 0)).toEqual([share('c', 1), share('a', 2), share('b', 3)])
    expect(moved([share('a', 1)], 0, 5)).toEqual([share('a', 1)])
  })
  it('says its days as stretches', () => {
    expect(hoursText({ days: [1, 2, 3, 4, 5], opens: '09:00', closes: '18:00' }, t)).toBe('day.1–day.5 09:00–18:00')
    expect(hoursText({ days: [7, 6, 3], opens: '22:00', closes: '06:00' }, t)).toBe('day.3 day.6 day.7 22:00–06:00')
    expect(hoursText({ days: [1, 2, 3, 4, 5, 6, 7], opens: '00:00', closes: '12:00' }, t)).toBe('daily 00:00–12:00')
  })
})
