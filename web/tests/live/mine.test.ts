import { describe, expect, it } from 'vitest'

import type { InteractionDocument, LiveDocument } from '@/shared/api/types'
import { mineOf } from '@/shared/live/store'

const contact = (id: string, more: Partial<InteractionDocument> = {}) => ({ id, agent_id: 'a', state: 'talk', started_at: `2026-11-23T00:00:0${id}Z`, ...more }) as InteractionDocument
const docs = (...some: Array<[string, object]>) => new Map(some as Array<[string, LiveDocument]>)

describe("an agent's interactions", () => {
  const one = contact('1')
  const parted = contact('2', { wrapups: [{ agent_id: 'a', since: '2026-11-23T00:01:00Z', until: null }] })

  it('are the same array while only other documents change', () => {
    const before = mineOf(docs(['interaction/1', one], ['interaction/2', parted], ['queue/q', { waiting: 1 }]), 'a')
    expect(before.map(({ state }) => state)).toEqual(['talk', 'wrapup'])
    expect(mineOf(docs(['interaction/1', one], ['interaction/2', parted], ['queue/q', { waiting: 2 }]), 'a')).toBe(before)
  })

  it('are others as soon as one of them is, or somebody else asks', () => {
    const before = mineOf(docs(['interaction/1', one]), 'a')
    const changed = mineOf(docs(['interaction/1', { ...one, state: 'hold' }]), 'a')
    expect(changed).not.toBe(before)
    expect(changed[0]?.state).toBe('hold')
    expect(mineOf(docs(['interaction/1', one]), 'b')).toEqual([])
  })
})
