import { describe, expect, it } from 'vitest'

import { changedBy, changedFields, check, flatten, meet, patchOf } from '@/features/customers/record/changes'
import type { Change, CustomerRecord } from '@/features/customers/types'

const record: CustomerRecord = {
  id: 'c', no: 'C1', version: 3, kind: 'person', name: '王芳', gender: 'female', birth_year: 1986, class: 'gold',
  manager: { id: 'm', number: '8002', name: '刘敏' }, warnings: [], tags: ['老年关怀'], custom: { plan: '99' }, site_id: null,
  since: '2009-01-01', id_number_masked: '110****002X', identities: [], addresses: [], relations: [], consents: [], merged: [], hold: null,
  created_at: '2026-11-01T00:00:00Z', updated_at: '2026-11-20T00:00:00Z',
}
const base = flatten(record)

describe('what is sent of a form', () => {
  it('is only what differs, custom fields together, and the id number only when a new one is written', () => {
    expect(patchOf(base, base)).toEqual({})
    expect(patchOf(base, { ...base, name: ' 王小芳 ', 'custom.plan': '159', 'custom.new': 'x' })).toEqual({ name: '王小芳', custom: { plan: '159', new: 'x' } })
    expect(patchOf(base, { ...base, id_number: '11010519491231002X' })).toEqual({ id_number: '11010519491231002X' })
    expect(patchOf(base, { ...base, id_number: '  ' })).toEqual({})
  })
  it('says nothing where something was taken away', () => {
    expect(patchOf(base, { ...base, gender: '', 'custom.plan': '', manager_id: null })).toEqual({ gender: null, manager_id: null, custom: { plan: null } })
  })
  it('takes no value and an empty one for the same', () => {
    expect(changedFields(base, { ...base, warnings: [], 'custom.later': '' })).toEqual([])
  })
})

describe('two who write at once', () => {
  it('go together where they do not touch each other', () => {
    const met = meet(base, { ...base, name: '王小芳' }, { ...base, class: 'vip' })
    expect(met.collisions).toEqual([])
    expect(met.taken).toEqual(['class'])
    expect(met.form).toMatchObject({ name: '王小芳', class: 'vip' })
  })
  it('collide where both changed the same field to different values; mine stands until said otherwise', () => {
    const met = meet(base, { ...base, name: '王小芳' }, { ...base, name: '王方' })
    expect(met.collisions).toEqual([{ field: 'name', mine: '王小芳', theirs: '王方' }])
    expect(met.form.name).toBe('王小芳')
  })
  it('agree where both wrote the same', () => {
    const both = { ...base, tags: ['老年关怀', '光纤'] }
    expect(meet(base, both, both).collisions).toEqual([])
  })
  it('are told who it was, from the latest change of that field since one began', () => {
    const by = (name: string, at: string, field: string): Change => ({ at, person: { id: name, name, number: null }, action: 'changed', changes: [{ field, old: null, new: null }] })
    const history = [by('周敏', '2026-11-20T10:00:00Z', 'name'), by('刘洋', '2026-11-20T11:00:00Z', 'class'), by('早先', '2026-11-19T10:00:00Z', 'name')]
    expect(changedBy(history, 'name', record.updated_at)?.person?.name).toBe('周敏')
    expect(changedBy(history, 'birth_year', record.updated_at)).toBeUndefined()
  })
})

describe('a form of a customer', () => {
  it('names what is wrong, field by field', () => {
    expect(check({ ...base, name: ' ', birth_year: 1700, id_number: '12?', 'custom.plan': '' }, ['plan'], 2026)).toEqual({
      name: 'create.nameMissing', birth_year: 'customers.edit.birthYearWrong', id_number: 'customers.edit.idNumberWrong', 'custom.plan': 'customers.edit.required',
    })
    expect(check(base, ['plan'], 2026)).toEqual({})
  })
})
