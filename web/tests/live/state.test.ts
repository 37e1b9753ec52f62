import { describe, expect, it } from 'vitest'

import type { LiveDocument, LiveMessage } from '@/shared/api/types'
import { applyLive, emptyLive, type LiveState } from '@/shared/live/state'

const queue = (waiting: number) => ({ id: 'q', code: 'general', name: 'General', waiting, longest_since: null, ready: 1, talking: 0 })
const snapshot = (docs: Record<string, LiveDocument>, seq = 0): LiveMessage => ({ type: 'snapshot', seq, now: '2026-01-01T00:00:00Z', docs })
const change = (seq: number, key: string, value: LiveDocument | null): LiveMessage => ({ type: 'change', seq, key, value })
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

  it('numbers go on from the number of the snapshot', () => {
    const state = run([snapshot({}, 41), change(42, 'queue/q', queue(1))])
    expect(state).toMatchObject({ seq: 42, fresh: true })
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
