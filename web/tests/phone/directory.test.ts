import { describe, expect, it } from 'vitest'

import { entriesOf, inOrder, type Colleague, type DirectoryQueue } from '@/features/phone/entries'

const person = (number: string, state: Colleague['state'], available = state === 'ready'): Colleague => ({ id: number, number, name: number, pinyin: '', state, reason: '', since: null, available, groups: [], skills: [] })
const queue = (code: string): DirectoryQueue => ({ id: code, code, name: code, waiting: 0, longest_since: null, ready: 0, talking: 0 })
const shown = (typed: string, agents: Colleague[], queues: DirectoryQueue[] = []) => entriesOf(typed, { agents, queues }).map(({ to }) => Object.values(to)[0])

describe('the directory', () => {
  it('shows who can be reached first', () => {
    expect(shown('', [person('8001', 'offline'), person('8002', 'talking'), person('8003', 'ready')], [queue('billing')])).toEqual(['8003', '8002', '8001', 'billing'])
  })

  it('takes a whole work number at its word, whatever its state', () => {
    expect(shown('8001', [person('80011', 'ready'), person('8001', 'talking')])).toEqual(['8001', '80011'])
  })

  it('dials what is no work number; a long one comes first', () => {
    expect(entriesOf('138 0000 0001', { agents: [], queues: [] })[0]?.to).toEqual({ number: '13800000001' })
    expect(shown('80', [person('8001', 'ready')])).toEqual(['8001', '80'])
    expect(entriesOf('王', { agents: [], queues: [] })).toEqual([])
    expect(entriesOf('119', undefined)[0]?.to).toEqual({ number: '119' })
  })

  it('keeps the order it was first shown in; who is new goes last in their group, a new group last of all', () => {
    const at = (agents: Colleague[], queues: DirectoryQueue[] = []) => entriesOf('', { agents, queues })
    const first = at([person('8001', 'ready'), person('8002', 'talking')], [queue('billing')])
    const later = inOrder(at([person('8001', 'talking'), person('8002', 'ready'), person('8003', 'ready')], [queue('billing')]), first)
    expect(later.map(({ key }) => key)).toEqual(['8001', '8002', '8003', 'billing'])
    expect(later[0]).toMatchObject({ colleague: { state: 'talking' } })
    expect(inOrder(at([person('8001', 'ready')], [queue('billing')]), at([], [queue('billing')])).map(({ key }) => key)).toEqual(['billing', '8001'])
  })
})
