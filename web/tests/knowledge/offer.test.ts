import { describe, expect, it } from 'vitest'

import { behind, due } from '@/features/offers/offer'
import type { NextOffer } from '@/shared/api/knowledge'
import type { InteractionDocument } from '@/shared/api/types'

const answer = (change: Partial<NextOffer> = {}): NextOffer => ({ offer: null, why: null, showing: null, waiting: false, settled: false, ...change })
const offer = { id: 'o1', code: 'gift', name: '续约礼', name_en: '', business: null, parts: [], parts_en: [] }
const showing = (result: string | null) => ({ id: 's1', shown_at: '2026-01-01T00:00:00Z', result, reason: '', result_at: null })
const contact = (state: InteractionDocument['state'], known = true) => ({ state, customer: known ? ({ id: 'c1' } as InteractionDocument['customer']) : null })

describe('the badge of the offer', () => {
  it('counts what is to be offered, or waits for its result', () => {
    expect(due(undefined)).toBe(0)
    expect(due(answer({ why: 'unsettled' }))).toBe(0)
    expect(due(answer({ offer }))).toBe(1)
    expect(due(answer({ offer, showing: showing(null) }))).toBe(1)
    expect(due(answer({ offer, showing: showing('refused') }))).toBe(0)
  })
})

describe('tables that are behind the screen', () => {
  it('are asked again only for what the screen knows better', () => {
    expect(behind(answer({ why: 'not_speaking' }), contact('talk'))).toBe(true)
    expect(behind(answer({ why: 'not_speaking' }), contact('ring'))).toBe(false)
    expect(behind(answer({ why: 'unverified' }), contact('talk'))).toBe(true)
    expect(behind(answer({ why: 'unverified' }), contact('talk', false))).toBe(false)
    expect(behind(answer({ why: 'complaint' }), contact('talk'))).toBe(false)
    expect(behind(undefined, contact('talk'))).toBe(false)
  })
})
