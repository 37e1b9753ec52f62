import { describe, expect, it } from 'vitest'

import { added, begun, everybody, replaced, ruleOf, shares, unfinished, type Group } from '@/features/offers/rule'

const on = (fact: string, value: boolean | number | string[] = true) => ({ fact, op: 'is', value })
const inner: Group = { match: 'any', conditions: [on('b'), on('c')] }
const rule: Group = { match: 'all', conditions: [on('a'), inner, on('d')] }

describe('the rule of an offer', () => {
  it('begins a condition with the first way to ask and an empty value of its kind', () => {
    expect(begun({ fact: 'class', kind: 'text', ops: ['in', 'not_in'] })).toEqual({ fact: 'class', op: 'in', value: [] })
    expect(begun({ fact: 'months', kind: 'number', ops: ['at_least'] })).toEqual({ fact: 'months', op: 'at_least', value: 0 })
    expect(begun({ fact: 'marketing', kind: 'truth', ops: ['is'] }).value).toBe(true)
  })

  it('is unfinished while a condition names nothing, in groups too', () => {
    expect(unfinished(rule)).toBe(false)
    expect(unfinished(added(rule, on('e', [])))).toBe(true)
    expect(unfinished(replaced(rule, 1, added(inner, on('e', []))))).toBe(true)
  })

  it('is changed, made longer and shorter without touching the one before', () => {
    expect(replaced(rule, 0, null).conditions).toEqual([inner, on('d')])
    expect(added(everybody, on('a')).conditions).toEqual([on('a')])
    expect(everybody.conditions).toEqual([])
    expect(rule.conditions).toHaveLength(3)
  })

  it('finds what each of its own came to', () => {
    expect(shares(rule, [1, 2, 3, 4])).toEqual([[1], [2, 3], [4]])
    expect(shares(inner, [2, 3])).toEqual([[2], [3]])
    expect(shares(rule, [])).toEqual([[], [], []])
  })

  it('comes back from the centre as it was kept', () => {
    expect(ruleOf(JSON.parse(JSON.stringify(rule)))).toEqual(rule)
  })
})
