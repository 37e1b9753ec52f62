import { describe, expect, it } from 'vitest'

import { compared, countLeft, current, inOrder, others, type Question, remaining } from '@/features/desk/identify/guiding'

const surname: Question = {
  kind: 'surname',
  left: 1.5,
  answers: [
    { value: '王', customers: ['a', 'b'] },
    { value: '李', customers: ['c'] },
  ],
}
const road: Question = { kind: 'road', left: 2, answers: [] }
const ids = ['a', 'b', 'c', 'd']

describe('telling those who share a number apart', () => {
  it('each answer narrows the list, and can be taken back', () => {
    const answers = { surname: { value: '王', left: ['a', 'b'] }, road: { value: '长河路', left: ['b', 'c', 'd'] } }
    expect(remaining(ids, answers)).toEqual(['b'])
    expect(remaining(ids, { surname: answers.surname })).toEqual(['a', 'b'])
    expect(remaining(ids, {})).toEqual(ids)
  })

  it('an answer says how many it would leave besides those already given', () => {
    expect(countLeft(ids, { road: { value: '长河路', left: ['b', 'c'] } }, 'surname', ['a', 'b'])).toBe(1)
  })

  it('whoever says none of the answers is another', () => {
    expect(others(ids, surname)).toEqual(['d'])
  })

  it('of whom nothing is on record is not excluded by a comparison', () => {
    expect(compared({ matching: ['a'], unknown: ['d'] })).toEqual(['a', 'd'])
  })

  it('the next question is the first without an answer, while there is anybody to tell apart', () => {
    expect(current([surname, road], {}, ids)).toBe('surname')
    expect(current([surname, road], { surname: { value: '王', left: ['a', 'b'] } }, ids)).toBe('road')
    expect(current([surname, road], { surname: { value: '李', left: ['c'] } }, ids)).toBeNull()
  })

  it('the centre says who comes first; those it does not know of stay at the end', () => {
    const facts = ['c', 'a'].map((id) => ({ customer_id: id, role: null, label: null, products: [], last_contact: null, open_callbacks: 0, likelihood: 1, reasons: [] }))
    expect(inOrder([{ id: 'a' }, { id: 'b' }, { id: 'c' }], facts).map(({ id }) => id)).toEqual(['c', 'a', 'b'])
  })
})
