import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Line, speak } from '@/features/phone/line'
import { mos, Quality, sampleOf, type Sample } from '@/features/phone/quality'

const clear: Sample = { received: 0, lost: 0, jitter: 0.002, lossThere: 0, roundTrip: 0.02 }

describe('the quality of a link', () => {
  it('falls with loss, jitter and delay', () => {
    expect(mos(0, 0, 0)).toBeGreaterThan(4.2)
    expect(mos(0.02, 0, 0)).toBeLessThan(mos(0, 0, 0))
    expect(mos(0.1, 0, 0)).toBeLessThan(mos(0.05, 0, 0))
    expect(mos(0, 0.1, 0)).toBeLessThan(mos(0, 0.01, 0))
    expect(mos(0, 0, 0.8)).toBeLessThan(mos(0, 0, 0.1))
    expect(mos(0.9, 1, 3)).toBe(1)
  })

  it('is poor when three looks in a row say so, and good again likewise', () => {
    const quality = new Quality()
    let at = { ...clear }
    const look = (lost: number) => {
      at = { ...at, received: at.received + 100 - lost, lost: at.lost + lost }
      return quality.take(at)
    }
    expect([look(0), look(20), look(20)]).toEqual([false, false, false])
    expect(look(20)).toBe(true)
    expect(quality.poor).toBe(true)
    expect([look(0), look(0), look(0)]).toEqual([false, false, true])
    expect(quality.poor).toBe(false)
    expect([look(20), look(0), look(20)]).toEqual([false, false, false])
  })

  it('counts what the centre misses of ours', () => {
    const quality = new Quality()
    const told = [1, 2, 3, 4].map((n) => quality.take({ ...clear, received: n * 100, lossThere: 0.3 }))
    expect(told).toEqual([false, false, false, true])
  })

  it('is read from the statistics of the connection', () => {
    expect(sampleOf([{ type: 'codec' }])).toBeNull()
    expect(
      sampleOf([
        { type: 'inbound-rtp', packetsReceived: 10, packetsLost: 2, jitter: 0.01 },
        { type: 'remote-inbound-rtp', fractionLost: 0.1, roundTripTime: 0.3 },
      ]),
    ).toEqual({ received: 10, lost: 2, jitter: 0.01, lossThere: 0.1, roundTrip: 0.3 })
  })
})

class Connection extends EventTarget {
  iceConnectionState: RTCIceConnectionState = 'connected'
  stats = { packetsReceived: 0, packetsLost: 0 }
  codecs = [{ mimeType: 'audio/PCMU' }, { mimeType: 'audio/opus' }]
  sent: string[] = []
  getStats = async () => new Map([['a', { type: 'inbound-rtp', ...this.stats }]])
  getSenders = () => [
    {
      track: { kind: 'audio' },
      getParameters: () => ({ codecs: this.codecs, encodings: [{}] }),
      setParameters: async ({ encodings: [first] }: { encodings: { codec: { mimeType: string } }[] }) => void this.sent.push(first?.codec.mimeType ?? ''),
    },
  ]
  become(state: RTCIceConnectionState) {
    this.iceConnectionState = state
    this.dispatchEvent(new Event('iceconnectionstatechange'))
  }
}

describe('the line of a call', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const made = () => {
    const connection = new Connection()
    const told = { poor: vi.fn(), gone: vi.fn() }
    return { connection, told, line: new Line(connection as unknown as RTCPeerConnection, told) }
  }

  it('tells once that the link is poor, and speaks Opus until it is good again', async () => {
    const { connection, told, line } = made()
    for (let n = 0; n < 6; n++) {
      connection.stats = { packetsReceived: connection.stats.packetsReceived + 80, packetsLost: connection.stats.packetsLost + 20 }
      await vi.advanceTimersByTimeAsync(2_000)
    }
    expect(told.poor.mock.calls).toEqual([[true]])
    for (let n = 0; n < 4; n++) {
      connection.stats = { ...connection.stats, packetsReceived: connection.stats.packetsReceived + 100 }
      await vi.advanceTimersByTimeAsync(2_000)
    }
    expect(told.poor.mock.calls).toEqual([[true], [false]])
    expect(connection.sent).toEqual(['audio/opus', 'audio/PCMU'])
    line.close()
  })

  it('looks for another path when one has been gone for three seconds, and again if that did not help', async () => {
    const { connection, told, line } = made()
    connection.become('disconnected')
    await vi.advanceTimersByTimeAsync(2_900)
    connection.become('connected')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(told.gone).not.toHaveBeenCalled()
    connection.become('disconnected')
    await vi.advanceTimersByTimeAsync(3_000)
    expect(told.gone).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(told.gone).toHaveBeenCalledTimes(2)
    line.close()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(told.gone).toHaveBeenCalledTimes(2)
  })

  it('goes on as it is where Opus was not agreed on', async () => {
    const connection = new Connection()
    connection.codecs = [{ mimeType: 'audio/PCMU' }]
    await speak(connection as unknown as RTCPeerConnection, 'audio/opus')
    expect(connection.sent).toEqual([])
  })
})
