import { describe, expect, it } from 'vitest'

import { isOver, isWaiting } from '@/features/bulletins/bulletins'
import { bySoonest, nameOf, rank } from '@/features/colleagues/chats'
import type { Bulletin, Chat, Colleague } from '@/shared/api/colleagues'

const colleague = (name: string, state: string | null) => ({ name, state }) as Colleague
const bulletin = (more: Partial<Bulletin>) => ({ withdrawn_at: null, valid_until: null, must_confirm: false, read_at: null, confirmed_at: null, ...more }) as Bulletin
const now = Date.parse('2026-11-20T02:00:00Z')

describe('colleagues', () => {
  it('whoever could help sooner stands before others, each otherwise in their place', () => {
    const list = [colleague('a', 'offline'), colleague('b', 'talking'), colleague('c', 'ready'), colleague('d', null), colleague('e', 'ready'), colleague('f', 'busy')]
    expect(bySoonest(list).map(({ name }) => name)).toEqual(['c', 'e', 'b', 'f', 'd', 'a'])
    expect(rank({ state: 'a state of tomorrow' })).toBe(1)
  })

  it('a chat is called by who else is in it', () => {
    expect(nameOf({ members: [{ id: '1', number: null, name: '周敏' }, { id: '2', number: '8002', name: '李娜' }] } as unknown as Chat)).toBe('周敏、李娜')
  })
})

describe('bulletins', () => {
  it.each([
    [{}, true],
    [{ read_at: '2026-11-20T01:00:00Z' }, false],
    [{ must_confirm: true, read_at: '2026-11-20T01:00:00Z' }, true],
    [{ must_confirm: true, read_at: '2026-11-20T01:00:00Z', confirmed_at: '2026-11-20T01:00:00Z' }, false],
  ])('%o waits: %s', (more, waits) => {
    expect(isWaiting(bulletin(more))).toBe(waits)
  })

  it.each([
    [{}, false],
    [{ valid_until: '2026-11-20T02:00:01Z' }, false],
    [{ valid_until: '2026-11-20T02:00:00Z' }, true],
    [{ withdrawn_at: '2026-11-20T01:00:00Z' }, true],
  ])('%o is over: %s', (more, over) => {
    expect(isOver(bulletin(more), now)).toBe(over)
  })
})
