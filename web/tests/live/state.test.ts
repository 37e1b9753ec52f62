import { describe, expect, it } from 'vitest'

import type { LiveDocument, LiveMessage } from '@/shared/api/types'
import { applyLive, emptyLive, type LiveState } from '@/shared/live/state'

const queue = (waiting: number) => ({ id: 'q', code: 'general', name: 'General', waiting, longest_since: null, ready: 1, talking: 0 })
const snapshot = (docs: Record<string, LiveDocument>, seq = 0): LiveMessage => ({ type: 'snapshot', epoch: 'e', seq, now: '2026-01-01T00:00:00Z', docs })
const change = (n: number, key: string, value: LiveDocument | null, seq = n): LiveMessage => ({ type: 'change', n, seq, key, value })
const resumed = (changes: Record<string, LiveDocument | null>, seq: number): LiveMessage => ({ type: 'resumed', epoch: 'e', seq, now: '2026-01-01T00:00:00Z', changes })
const run = (messages: LiveMessage[], from: LiveState = emptyLive) => messages.reduce(applyLive, from)

describe('live documents', () => {
  it('an old snapshot and its changes give the fresh snapshot', () => {
    const followed = run([
      snapshot({ 'queue/q': queue(1), 'queue/r': queue(7) }),
      change(1, 'queue/q', queue(2)),
      change(2, 'queue/r', null),
      change(3, 'queue/s', queue(5)),
      change(4, 'queue/q', queue(3)),
    ])
    const fresh = run([snapshot({ 'queue/q': queue(3), 'queue/s': queue(5) })])
    expect(Object.fromEntries(followed.docs)).toEqual(Object.fromEntries(fresh.docs))
    expect(followed.fresh).toBe(true)
  })

  it('the mark is what the last change says, whatever its number on the connection', () => {
    const state = run([snapshot({}, 41), change(1, 'queue/q', queue(1), 45), change(2, 'queue/q', queue(2), 45)])
    expect(state).toMatchObject({ epoch: 'e', seq: 45, n: 2, fresh: true })
  })

  it('an old snapshot and what was missed give the fresh snapshot, and counting begins anew', () => {
    const before = run([snapshot({ 'queue/q': queue(1), 'queue/r': queue(7) }), change(1, 'queue/s', queue(5))])
    const cut = { ...before, fresh: false }
    const after = run([resumed({ 'queue/q': queue(3), 'queue/r': null, 'queue/x': null }, 9), change(1, 'queue/s', queue(6), 10)], cut)
    expect(Object.fromEntries(after.docs)).toEqual({ 'queue/q': queue(3), 'queue/s': queue(6) })
    expect(after).toMatchObject({ seq: 10, n: 1, fresh: true })
  })

  it('a skipped number makes the state stale and leaves the documents as they were', () => {
    const state = run([snapshot({ 'queue/q': queue(1) }), change(2, 'queue/q', queue(9))])
    expect(state.fresh).toBe(false)
    expect(state.docs.get('queue/q')).toEqual(queue(1))
  })

  it('a repeated number counts as a gap too', () => {
    const state = run([snapshot({}), change(1, 'queue/q', queue(1)), change(1, 'queue/q', queue(2))])
    expect(state.fresh).toBe(false)
  })

  it('after a gap nothing counts until the next snapshot', () => {
    const stale = run([snapshot({ 'queue/q': queue(1) }), change(5, 'queue/q', queue(9)), change(1, 'queue/q', queue(8))])
    expect(stale.docs.get('queue/q')).toEqual(queue(1))
    expect(run([snapshot({ 'queue/q': queue(4) })], stale)).toMatchObject({ fresh: true, seq: 0 })
  })

  it('a change never alters a state that was handed out', () => {
    const before = run([snapshot({ 'queue/q': queue(1) })])
    run([change(1, 'queue/q', null)], before)
    expect(before.docs.has('queue/q')).toBe(true)
  })
})
