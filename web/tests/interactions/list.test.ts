import { describe, expect, it } from 'vitest'

import { readFilter } from '@/features/interactions/list'
import { instantOf } from '@/shared/time/local'
import { visibleRange } from '@/shared/ui/useWindow'

describe('the window on a long list', () => {
  it('draws what is in sight and a little around, however long the list is', () => {
    const { first, last } = visibleRange(5_000 * 34, 680, 34, 10_000)
    expect(first).toBeLessThanOrEqual(5_000)
    expect(last).toBeGreaterThanOrEqual(5_020)
    expect(last - first).toBeLessThan(50)
  })
  it('stays inside the list at both ends', () => {
    expect(visibleRange(0, 680, 34, 10)).toEqual({ first: 0, last: 10 })
    expect(visibleRange(340_000, 680, 34, 10_000).last).toBe(10_000)
    expect(visibleRange(999_999, 680, 34, 10)).toEqual({ first: 10, last: 10 })
  })
})

describe('the filter in the address bar', () => {
  it('takes a number that the router has read as one', () => {
    expect(readFilter({ ani: 13800000001, channel: 'voice', from: '2026-01-01' })).toEqual({ ani: '13800000001', channel: 'voice', from: '2026-01-01' })
  })
  it('drops what is no filter', () => {
    expect(readFilter({ ani: 'x', channel: '<b>', from: 'yesterday', other: 1 })).toEqual({})
  })
  it('covers whole local days, the last one included', () => {
    const hours = (Date.parse(instantOf('2026-03-01', 1)) - Date.parse(instantOf('2026-03-01'))) / 3_600_000
    expect(hours).toBeGreaterThanOrEqual(23)
    expect(new Date(instantOf('2026-03-01')).getHours()).toBe(0)
  })
})
