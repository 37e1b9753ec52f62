import { describe, expect, it } from 'vitest'

import { grouped, toggled, without } from '@/features/roles/matrix'
import type { Role } from '@/shared/api/admin'

const role: Role = { code: 'night', name: '夜班', name_en: '', builtin: false, permissions: ['queues.read'], people: 0 }

describe('the matrix of permissions', () => {
  it('ticking makes a change, ticking back makes none', () => {
    const changed = toggled({}, role, 'audit.read')
    expect(changed).toEqual({ night: ['queues.read', 'audit.read'] })
    expect(toggled(changed, role, 'audit.read')).toEqual({})
  })
  it('changes of other roles stay', () => {
    const both = toggled({ day: ['people.read'] }, role, 'queues.read')
    expect(both).toEqual({ day: ['people.read'], night: [] })
    expect(without(both, 'night')).toEqual({ day: ['people.read'] })
  })
  it('groups stand in the order of work; what is not known yet comes last', () => {
    const groups = grouped([
      { code: 'admin', group: 'admin' },
      { code: 'things.read', group: 'things' },
      { code: 'customers.write', group: 'customers' },
      { code: 'customers.read', group: 'customers' },
      { code: 'agent.work', group: 'agent' },
    ])
    expect(groups.map(({ group }) => group)).toEqual(['agent', 'customers', 'admin', 'things'])
    expect(groups[1]?.codes).toEqual(['customers.read', 'customers.write'])
  })
})
