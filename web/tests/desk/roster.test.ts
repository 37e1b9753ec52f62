import { describe, expect, it } from 'vitest'

import { kept, ordered } from '@/features/desk/roster/order'

const card = (id: string, channel: string, until: string | null, started_at: string) => ({ id, channel, until, started_at })

describe('the roster', () => {
  it('has calls first, then what has least time left, then the oldest', () => {
    const mine = [
      card('old chat', 'chat', null, '2026-11-20T09:00:00Z'),
      card('mail', 'email', '2026-11-20T14:00:00Z', '2026-11-20T08:00:00Z'),
      card('chat to answer', 'chat', '2026-11-20T10:01:00Z', '2026-11-20T09:30:00Z'),
      card('call', 'voice', null, '2026-11-20T10:00:00Z'),
      card('new chat', 'chat', null, '2026-11-20T09:50:00Z'),
    ]
    expect(ordered(mine).map(({ id }) => id)).toEqual(['call', 'chat to answer', 'mail', 'old chat', 'new chat'])
  })

  it('changes nothing that stays while somebody is about to choose: what is new stands at the end', () => {
    const cards = [{ id: 'call' }, { id: 'b' }, { id: 'a' }]
    expect(kept(['a', 'gone', 'b'], cards).map(({ id }) => id)).toEqual(['a', 'b', 'call'])
  })
})
