import { describe, expect, it } from 'vitest'

import { beginMapping, bytes, checkMapping, stepOf, type Mapping } from '@/features/customers/imports/model'
import { agrees, cronOf, isCron, nextFocus, scheduleName, type SourceRun } from '@/features/customers/sync/model'

const file = { columns: ['姓名', '手机', '证件'], sample: [['王芳', '13800000001', ''], ['李强', '13800000002', '1']], suggested: { 姓名: 'name', 手机: 'phone', 证件: 'id_number' }, mapping: {}, key: 'none' as const, on_match: 'update' as const, class: null }

describe('the mapping of an import', () => {
  it('begins as suggested, with a key that every row of the sample has', () => {
    expect(beginMapping(file)).toEqual({ mapping: { 姓名: 'name', 手机: 'phone', 证件: 'id_number' }, key: 'phone', on_match: 'update', class: null })
  })
  it('begins as it was said before, once somebody has said so', () => {
    expect(beginMapping({ ...file, mapping: { 姓名: 'name' }, key: 'none', on_match: 'add' })).toMatchObject({ mapping: { 姓名: 'name', 手机: null }, key: 'none', on_match: 'add' })
  })
  it('names a field that is taken twice, but lets several columns be phones', () => {
    const mapping: Mapping = { mapping: { a: 'name', b: 'name', c: 'phone', d: 'phone' }, key: 'phone', on_match: 'update', class: null }
    expect(checkMapping(mapping)).toEqual([{ text: 'customers.imports.twice', column: 'b', field: 'name' }])
  })
  it('asks for the key, for a name where all are new, and for anything at all', () => {
    const wrong = (mapping: Record<string, string | null>, key: Mapping['key']) => checkMapping({ mapping, key, on_match: 'update', class: null }).map((one) => one.text)
    expect(wrong({ a: 'name' }, 'phone')).toEqual(['customers.imports.keyMissing'])
    expect(wrong({ a: 'phone' }, 'none')).toEqual(['customers.imports.nameMissing'])
    expect(wrong({ a: null }, 'none')).toEqual(['customers.imports.nothingMapped', 'customers.imports.nameMissing'])
  })
  it('is the second of four steps', () => {
    expect((['uploaded', 'checked', 'running', 'undone'] as const).map((state) => stepOf({ state }))).toEqual([1, 2, 3, 3])
  })
  it('says sizes as people do', () => {
    expect([512, 18_739, 2_147_483_648].map(bytes)).toEqual(['512 B', '18.3 KB', '2.0 GB'])
  })
})

describe('a source', () => {
  it('is asked at times that people have names for, or at any that cron knows', () => {
    expect(scheduleName(' 0  2 * * * ', 0)).toBe('nightly')
    expect(scheduleName('30 2 * * *', 0)).toBeNull()
    expect(['*/15 8-18 * * 1-5', '0 2 * *', 'every day', '61 x * * *'].map(isCron)).toEqual([true, false, false, false])
  })
  it('is asked at the hour of the clock on the wall, though cron counts in UTC', () => {
    expect(cronOf('nightly', -480)).toBe('0 18 * * *')
    expect(cronOf('weekdays', -480)).toBe('0 22 * * 0-4')
    expect(cronOf('weekdays', 300)).toBe('0 11 * * 1-5')
    expect(cronOf('nightly', -330)).toBe('30 20 * * *')
  })
  it('agrees when both count the same and hold the same', () => {
    const run = { source_total: 10, ours_total: 10, missing: 0, checksum_equal: true } as SourceRun
    expect(agrees(run)).toBe(true)
    expect(agrees({ ...run, ours_total: 9, missing: 1 })).toBe(false)
    expect(agrees({ ...run, ours_total: 11 })).toBe(false)
    // One of theirs was erased here, on purpose.
    expect(agrees({ ...run, ours_total: 9, erased: 1 })).toBe(true)
    expect(agrees({ ...run, checksum_equal: false })).toBe(false)
    expect(agrees({ ...run, source_total: null, ours_total: null })).toBe(false)
  })
  it('leaves the focus on the next conflict, at the end on the one before', () => {
    expect([nextFocus(0, 3), nextFocus(2, 3), nextFocus(0, 1)]).toEqual([0, 1, -1])
  })
})
