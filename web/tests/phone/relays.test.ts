import { describe, expect, it, vi } from 'vitest'

import { Relays } from '@/features/phone/relays'
import type { IceServers } from '@/shared/api/types'

const day = 86_400_000
const servers = (now: number, password = 'one'): IceServers => ({
  ice_servers: [{ urls: ['turn:a.example'], username: 'u', credential: password }],
  expires_at: new Date(now + day).toISOString(),
})

describe('the relays of the centre', () => {
  it('are asked for once and given to each connection', async () => {
    const fetch = vi.fn(async () => servers(0))
    const relays = new Relays(fetch, () => 0)
    expect(relays.configuration(true)).toEqual({ iceServers: [], iceTransportPolicy: 'all' })
    await Promise.all([relays.renew(), relays.renew()])
    await relays.renew()
    expect(fetch).toHaveBeenCalledTimes(1)
    const iceServers = [{ urls: ['turn:a.example'], username: 'u', credential: 'one' }]
    expect(relays.configuration(false)).toEqual({ iceServers, iceTransportPolicy: 'all' })
    expect(relays.configuration(true)).toEqual({ iceServers, iceTransportPolicy: 'relay' })
  })

  it('are asked for again at half of their time, and left out when it is over', async () => {
    let now = 0
    const fetch = vi.fn(async () => servers(now, String(now)))
    const relays = new Relays(fetch, () => now)
    await relays.renew()
    now = day / 2 - 1
    await relays.renew()
    expect(fetch).toHaveBeenCalledTimes(1)
    now = day / 2
    await relays.renew()
    expect(relays.configuration(false).iceServers?.[0]?.credential).toBe(String(day / 2))
    now += day
    expect(relays.configuration(false).iceServers).toEqual([])
  })

  it('a centre that does not tell them keeps no call waiting', async () => {
    vi.useFakeTimers()
    try {
      const relays = new Relays(() => new Promise(() => undefined))
      const done = relays.renew()
      await vi.advanceTimersByTimeAsync(1_000)
      await done
      const refusing = new Relays(() => Promise.reject(new Error('away')))
      await refusing.renew()
      expect(refusing.configuration(true)).toEqual({ iceServers: [], iceTransportPolicy: 'all' })
    } finally {
      vi.useRealTimers()
    }
  })

  it('one that only tells addresses is no relay', async () => {
    const relays = new Relays(async () => ({ ice_servers: [{ urls: ['stun:s.example'] }], expires_at: new Date(day).toISOString() }), () => 0)
    await relays.renew()
    expect(relays.available).toBe(false)
    expect(relays.configuration(true)).toEqual({ iceServers: [{ urls: ['stun:s.example'] }], iceTransportPolicy: 'all' })
  })
})
