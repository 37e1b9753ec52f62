import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { changed } from '@/features/flows/document'
import { type Centre, Keeper } from '@/features/flows/keeper'
import type { FlowDocument, FlowWhole } from '@/features/flows/types'
import { Problem } from '@/shared/api/client'

const first: FlowDocument = { id: 'f', version: 1, start: 'bye', handlers: { failed: 'bye', error: 'bye' }, nodes: { bye: { kind: 'hangup', served: true } } }
const named = (label: string) => changed(first, 'bye', { label })

function centre(): Centre & { sent: Array<[string | undefined, number]>; refuse: Problem | null } {
  const made = {
    sent: [] as Array<[string | undefined, number]>,
    refuse: null as Problem | null,
    save: async (document: FlowDocument, rev: number) => {
      made.sent.push([document.nodes.bye?.label, rev])
      if (made.refuse) throw made.refuse
      return { rev: rev + 1, saved_at: '2026-11-20T10:52:04Z', problems: [] }
    },
    read: async () => ({ rev: 40, draft: { by: '李静', saved_at: '2026-11-20T10:51:00Z' } }) as unknown as FlowWhole,
  }
  return made
}

describe('keeping a draft', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('saves half a second after the last change, once', async () => {
    const there = centre()
    const keeper = new Keeper(there, first, 7, null)
    keeper.want(named('再'))
    await vi.advanceTimersByTimeAsync(499)
    keeper.want(named('再见'))
    await vi.advanceTimersByTimeAsync(499)
    expect(there.sent).toEqual([])
    expect(keeper.get().saving.state).toBe('waiting')
    await vi.advanceTimersByTimeAsync(1)
    expect(there.sent).toEqual([['再见', 7]])
    expect(keeper.get()).toMatchObject({ saving: { state: 'saved' }, at: '2026-11-20T10:52:04Z' })
  })

  it('what changes while it is being saved is saved afterwards, with the new revision', async () => {
    const there = centre()
    const keeper = new Keeper(there, first, 7, null)
    keeper.want(named('一'))
    const done = keeper.flush()
    keeper.want(named('二'))
    expect(await done).toBe(9)
    expect(there.sent).toEqual([['一', 7], ['二', 8]])
  })

  it('what is undone before it was saved needs no saving', async () => {
    const there = centre()
    const keeper = new Keeper(there, first, 7, null)
    keeper.want(named('一'))
    keeper.want(first)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(there.sent).toEqual([])
    expect(keeper.get().saving.state).toBe('saved')
  })

  it('never writes over what somebody else has saved, until told to', async () => {
    const there = centre()
    const keeper = new Keeper(there, first, 7, null)
    there.refuse = new Problem(409, { code: 'draft_changed' })
    keeper.want(named('一'))
    expect(await keeper.flush()).toBeNull()
    expect(keeper.get().saving).toEqual({ state: 'conflict', by: '李静', at: '2026-11-20T10:51:00Z' })
    there.refuse = null
    keeper.want(named('二'))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(there.sent.length).toBe(1)
    await keeper.mine()
    expect(there.sent.at(-1)).toEqual(['二', 40])
    expect(keeper.get().saving.state).toBe('saved')
  })

  it('or takes theirs', async () => {
    const there = centre()
    const keeper = new Keeper(there, first, 7, null)
    there.refuse = new Problem(409, { code: 'draft_changed' })
    keeper.want(named('一'))
    await keeper.flush()
    there.refuse = null
    keeper.adopt(named('他们的'), 40, null, [])
    expect(await keeper.flush()).toBe(40)
    keeper.want(named('又'))
    await vi.advanceTimersByTimeAsync(500)
    expect(there.sent.at(-1)).toEqual(['又', 40])
  })

  it('asks again when the centre was away, not when it refuses', async () => {
    const there = centre()
    const keeper = new Keeper(there, first, 7, null)
    there.refuse = new Problem(0, { code: 'network' })
    keeper.want(named('一'))
    await vi.advanceTimersByTimeAsync(500)
    expect(keeper.get().saving.state).toBe('failed')
    there.refuse = new Problem(413, { code: 'body_too_large' })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(there.sent.length).toBe(2)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(there.sent.length).toBe(2)
  })
})
