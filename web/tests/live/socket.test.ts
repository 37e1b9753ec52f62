import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { LiveConnection, type Link } from '@/shared/live/socket'
import type { LiveState } from '@/shared/live/state'

/** The other end of a web socket, in memory. */
class FakeSocket extends EventTarget {
  static readonly all: FakeSocket[] = []
  readonly sent: string[] = []
  closed = false
  constructor() {
    super()
    FakeSocket.all.push(this)
  }
  send(text: string) {
    this.sent.push(text)
  }
  close() {
    this.closed = true
  }
  open() {
    this.dispatchEvent(new Event('open'))
  }
  says(message: unknown) {
    this.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(message) }))
  }
  drops(code = 1006) {
    this.dispatchEvent(Object.assign(new Event('close'), { code }))
  }
}

const snapshot = { type: 'snapshot', epoch: 'e1', seq: 0, now: '2026-01-01T00:00:00Z', docs: {} }
const nth = (index: number): FakeSocket => {
  const socket = FakeSocket.all.at(index)
  if (!socket) throw new Error(`no socket ${index}`)
  return socket
}

let state: LiveState | null = null
let link: Link | null = null
let refused = 0
let times: string[] = []
let connection: LiveConnection

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.all.length = 0
  state = link = null
  refused = 0
  times = []
  connection = new LiveConnection({
    url: 'ws://centre/ws/events',
    token: 'secret',
    onState: (next) => (state = next),
    onLink: (next) => (link = next),
    onNow: (now) => times.push(now),
    onRefused: () => (refused += 1),
    createSocket: () => new FakeSocket() as unknown as WebSocket,
  })
  connection.start()
})

afterEach(() => {
  connection.stop()
  vi.useRealTimers()
})

describe('the live connection', () => {
  it('comes back from a cut with its mark, and takes only what it missed', () => {
    nth(0).says({ ...snapshot, seq: 4, docs: { 'queue/a': { waiting: 1 }, 'queue/b': { waiting: 1 } } })
    nth(0).says({ type: 'change', n: 1, seq: 6, key: 'queue/a', value: { waiting: 2 } })
    nth(0).drops()
    expect(state?.fresh).toBe(true)
    vi.advanceTimersByTime(400)
    nth(1).open()
    expect(JSON.parse(nth(1).sent[0] ?? '')).toEqual({ token: 'secret', resume: { epoch: 'e1', seq: 6 } })
    nth(1).says({
      type: 'resumed',
      epoch: 'e1',
      seq: 9,
      now: snapshot.now,
      changes: { 'queue/b': null, 'queue/c': { waiting: 3 } },
    })
    expect(link?.status).toBe('online')
    expect(Object.fromEntries(state?.docs ?? [])).toEqual({ 'queue/a': { waiting: 2 }, 'queue/c': { waiting: 3 } })
    nth(1).says({ type: 'change', n: 1, seq: 10, key: 'queue/c', value: null })
    expect([...(state?.docs.keys() ?? [])]).toEqual(['queue/a'])
  })

  it('asks for nothing to be resumed after a number was skipped', () => {
    nth(0).says(snapshot)
    nth(0).says({ type: 'change', n: 3, seq: 3, key: 'queue/q', value: null })
    nth(1).open()
    expect(nth(1).sent).toEqual(['{"token":"secret"}'])
  })

  it('says who it is first, and is online with the snapshot', () => {
    nth(0).open()
    expect(nth(0).sent).toEqual(['{"token":"secret"}'])
    expect(link?.status).toBe('connecting')
    nth(0).says(snapshot)
    expect(link?.status).toBe('online')
    expect(state?.fresh).toBe(true)
  })

  it('learns the time from snapshots and time messages', () => {
    nth(0).says(snapshot)
    nth(0).says({ type: 'time', now: '2026-01-01T00:00:10Z' })
    expect(times).toEqual(['2026-01-01T00:00:00Z', '2026-01-01T00:00:10Z'])
  })

  it('takes a fresh snapshot at once when a number is skipped', () => {
    nth(0).says(snapshot)
    nth(0).says({ type: 'change', n: 2, seq: 2, key: 'queue/q', value: null })
    expect(nth(0).closed).toBe(true)
    expect(FakeSocket.all).toHaveLength(2)
    nth(1).open()
    nth(1).says({ ...snapshot, seq: 8 })
    expect(state?.seq).toBe(8)
    expect(link?.status).toBe('online')
  })

  it('hears no more of a socket it has left', () => {
    nth(0).says(snapshot)
    nth(0).says({ type: 'change', n: 2, seq: 2, key: 'queue/q', value: null })
    nth(0).says({ ...snapshot, seq: 99 })
    expect(state?.seq).toBe(0)
  })

  it('comes back after a loss, waiting longer each time, and tells since when it is away', () => {
    nth(0).says(snapshot)
    const lostAt = Date.now()
    nth(0).drops()
    expect(link).toEqual({ status: 'offline', since: lostAt })
    vi.advanceTimersByTime(400)
    expect(FakeSocket.all).toHaveLength(2)
    nth(1).drops()
    vi.advanceTimersByTime(400)
    expect(FakeSocket.all).toHaveLength(2)
    vi.advanceTimersByTime(400)
    expect(FakeSocket.all).toHaveLength(3)
    expect(link?.since).toBe(lostAt)
    nth(2).says(snapshot)
    expect(link?.status).toBe('online')
  })

  it('is recovering while the centre restarts, and online with the next snapshot', () => {
    nth(0).says(snapshot)
    const downAt = Date.now()
    nth(0).says({ type: 'core', up: false })
    expect(link).toEqual({ status: 'recovering', since: downAt })
    nth(0).says({ type: 'core', up: true })
    expect(link?.status).toBe('recovering')
    nth(0).says(snapshot)
    expect(link?.status).toBe('online')
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('gives up a silent link', () => {
    nth(0).says(snapshot)
    vi.advanceTimersByTime(24_000)
    expect(link?.status).toBe('online')
    vi.advanceTimersByTime(2_000)
    expect(nth(0).closed).toBe(true)
    expect(FakeSocket.all).toHaveLength(2)
  })

  it('does not come back with a token that was refused', () => {
    nth(0).drops(4401)
    vi.advanceTimersByTime(60_000)
    expect(refused).toBe(1)
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('stops for good when told to', () => {
    nth(0).says(snapshot)
    connection.stop()
    nth(0).drops()
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.all).toHaveLength(1)
  })
})
