import { describe, expect, it } from 'vitest'

import { bodyOfNew, changesOf, emptyDraft, wrongIn, type PersonDraft } from '@/features/people/draft'
import { readPeopleFilter } from '@/features/people/filter'

const draft: PersonDraft = { ...emptyDraft, username: 'li.na', name: '李娜' }

describe('the form of a person', () => {
  it('says what is wrong, field by field', () => {
    expect(wrongIn(draft, true)).toEqual({})
    expect(Object.keys(wrongIn({ ...draft, username: '李', name: ' ', number: '80a', email: 'x', grants: [] }, true)).toSorted()).toEqual(['email', 'grants', 'name', 'number', 'username'])
  })
  it('sends only what differs', () => {
    expect(changesOf(draft, { ...draft, name: ' 李娜 ' })).toEqual({})
    expect(changesOf(draft, { ...draft, number: '8001', groups: ['g'] })).toEqual({ number: '8001', groups: ['g'] })
  })
  it('sends nothing where nothing is filled in', () => {
    expect(bodyOfNew(draft)).toMatchObject({ username: 'li.na', number: null, email: null, site_id: null })
  })
  it('a scope that names nobody sends no ids', () => {
    const grants = [{ role: 'agent', scope: { kind: 'tenant' as const, ids: ['left over'] } }]
    expect(bodyOfNew({ ...draft, grants }).grants).toEqual([{ role: 'agent', scope: { kind: 'tenant', ids: [] } }])
  })
})

describe('the filter of people in the address', () => {
  it('keeps what it knows, numbers as text', () => {
    expect(readPeopleFilter({ q: 8001, role: 'agent', active: 'no', other: 'x' })).toEqual({ q: '8001', role: 'agent', active: 'no' })
    expect(readPeopleFilter({ active: 'yes', q: '' })).toEqual({})
  })
})
