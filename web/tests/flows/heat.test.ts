import { describe, expect, it } from 'vitest'

import { heatOf, hotSpots, thickness } from '@/features/flows/heat'
import { bounds, recount } from '@/features/flows/period'
import type { Traffic } from '@/features/flows/types'

const traffic = (walks: number, nodes: Traffic['nodes']): Traffic => ({ walks, served: 0, unserved: 0, queue: 0, transfer: 0, left: 0, failed: 0, share_served: 0, repeated_within_day: 0, nodes, edges: [] })

describe('what stands out', () => {
  it.each([
    [100, 0, 0, 0], [100, 1, 0, 0], [100, 2, 0, 1], [100, 5, 3, 2], [100, 10, 10, 3], [1, 1, 0, 2], [0, 0, 0, 0],
  ])('%i came, %i left, %i gave up: %i', (entered, left, given_up, heat) => {
    expect(heatOf({ entered, left, given_up, mistakes: 0 })).toBe(heat)
  })

  it('the worst come first, then those with mistakes, then those gone round', () => {
    const spots = hotSpots(
      traffic(100, {
        fine: { entered: 100, left: 0, given_up: 0, mistakes: 0 },
        menu: { entered: 250, left: 4, given_up: 2, mistakes: 40 },
        code: { entered: 30, left: 9, given_up: 0, mistakes: 3 },
        wrong: { entered: 50, left: 0, given_up: 0, mistakes: 7 },
        again: { entered: 130, left: 0, given_up: 0, mistakes: 0 },
      }),
    )
    expect(spots.map(({ node, lost, heat }) => [node, lost, heat])).toEqual([['code', 9, 3], ['menu', 6, 1], ['wrong', 0, 0], ['again', 0, 0]])
    expect(spots.map(({ rounds }) => rounds)).toEqual([null, 2.5, null, 1.3])
    expect(spots[0]?.share).toBe(0.3)
  })

  it('nobody came: nothing stands out', () => {
    expect(hotSpots(traffic(0, {}))).toEqual([])
  })

  it('lines grow with what goes along them, and none is thinner than a line', () => {
    expect([thickness(0, 10), thickness(0, 0), thickness(10, 10)]).toEqual([1.5, 1.5, 7])
    expect(thickness(2, 10)).toBeLessThan(thickness(4, 10))
  })
})

describe('days that are counted', () => {
  const now = new Date(2026, 10, 23, 14, 5)

  it('today begins at midnight, seven days six days before', () => {
    expect(bounds({ days: 1, own: null, version: null }, now)).toEqual({ from: new Date(2026, 10, 23).toISOString() })
    expect(bounds({ days: 7, own: null, version: null }, now)).toEqual({ from: new Date(2026, 10, 17).toISOString() })
  })

  it('days of one\'s own are whole ones; a day that is not over is open', () => {
    expect(bounds({ days: 'own', own: ['2026-11-01', '2026-11-03'], version: null }, now)).toEqual({ from: new Date(2026, 10, 1).toISOString(), to: new Date(2026, 10, 4).toISOString() })
    expect(bounds({ days: 'own', own: ['2026-11-01', '2026-11-23'], version: null }, now)).toEqual({ from: new Date(2026, 10, 1).toISOString() })
  })

  it('what is over is not counted anew, many days seldom', () => {
    expect(recount({ days: 1, own: null, version: null }, now)).toBe(30_000)
    expect(recount({ days: 7, own: null, version: null }, now)).toBe(300_000)
    expect(recount({ days: 'own', own: ['2026-11-01', '2026-11-03'], version: null }, now)).toBe(false)
    expect(recount({ days: 'own', own: ['2026-11-22', '2026-11-23'], version: null }, now)).toBe(300_000)
  })
})
