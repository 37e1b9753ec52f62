import { describe, expect, it } from 'vitest'

import { differing, likelihood, result, suggest } from '@/features/customers/merge/choose'
import type { CustomerRecord } from '@/features/customers/types'

const record = (part: Partial<CustomerRecord>): CustomerRecord => ({
  id: 'a', no: 'C1', version: 1, kind: 'person', name: '王芳', gender: 'female', birth_year: null, class: 'normal', manager: null, warnings: [], tags: [],
  custom: {}, site_id: null, since: '2020-05-01', id_number_masked: null, identities: [], addresses: [], relations: [], consents: [], merged: [], hold: null,
  created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', ...part,
})

describe('two records that become one', () => {
  const keep = record({ tags: ['光纤'], custom: { plan: '99' } })
  const drop = record({ id: 'b', no: 'C2', birth_year: 1986, class: 'gold', since: '2009-01-01', tags: ['光纤', '老年'], custom: { plan: '159', size: 'L' } })

  it('differ only where their values do', () => {
    expect(differing(keep, drop)).toEqual(['birth_year', 'class', 'since', 'custom.plan', 'custom.size'])
  })
  it('keep what the kept one says, save where it says nothing, ranks lower or is younger', () => {
    expect(suggest(keep, drop)).toMatchObject({ name: 'keep', birth_year: 'drop', class: 'drop', since: 'drop', 'custom.plan': 'keep', 'custom.size': 'drop' })
  })
  it('have the chosen values, and all tags of both once', () => {
    const merged = result(keep, drop, { ...suggest(keep, drop), 'custom.plan': 'drop' })
    expect(merged).toMatchObject({ name: '王芳', birth_year: 1986, class: 'gold', since: '2009-01-01', 'custom.plan': '159', 'custom.size': 'L', tags: ['光纤', '老年'] })
  })
  it('are likelier the same the more says so', () => {
    expect([20, 40, 60, 90].map(likelihood)).toEqual([1, 2, 3, 4])
  })
})
