import { describe, expect, it } from 'vitest'

import type { InteractionDocument } from '@/shared/api/types'
import { interactionsOf } from '@/shared/live/store'

const one = (more: Partial<InteractionDocument>) =>
  ({ id: '1', state: 'talk', state_since: '2026-01-01T09:00:00Z', started_at: '2026-01-01T08:59:00Z', until: null, agent_id: 'b', ...more }) as InteractionDocument
const seen = (document: InteractionDocument, agent: string) => interactionsOf(new Map([['interaction/1', document]]), agent)

describe('an interaction as each of its agents sees it', () => {
  const handed = one({
    holders: [{ agent_id: 'b', number: '8002' }, { agent_id: 'a', number: '8001' }],
    wrapups: [{ agent_id: 'a', since: '2026-01-01T09:00:00Z', until: '2026-01-01T09:00:30Z' }],
  })
  it('is in wrap-up for who handed it over, and a talk for who has it now', () => {
    expect(seen(handed, 'a')).toMatchObject([{ state: 'wrapup', until: '2026-01-01T09:00:30Z' }])
    expect(seen(handed, 'b')).toEqual([handed])
  })
  it('rings for the colleague who is asked, while the customer hears music', () => {
    const party = (state: string) => ({ id: 'p', role: 'consulted' as const, agent_id: 'c', number: '8003', name: '', state, since: '2026-01-01T09:00:05Z' })
    const asking = (state: string) => one({ state: 'consult', holders: [{ agent_id: 'b', number: '8002' }, { agent_id: 'c', number: '8003' }], participants: [party(state)] })
    expect(seen(asking('ringing'), 'c')).toMatchObject([{ state: 'ring', state_since: '2026-01-01T09:00:05Z', until: null }])
    expect(seen(asking('ringing'), 'b')).toMatchObject([{ state: 'consult' }])
    expect(seen(asking('talking'), 'c')).toMatchObject([{ state: 'consult' }])
  })
  it('is nobody else’s', () => {
    expect(seen(handed, 'c')).toEqual([])
  })
})
