/** How the sound of a call arrives, at both ends; what the page itself can know of it. */

/** Counters since the call began, and figures of the moment. */
export interface Sample {
  received: number
  lost: number
  /** Seconds. */
  jitter: number
  /** What the centre says it lost of ours lately, from 0 to 1. */
  lossThere: number
  /** Seconds. */
  roundTrip: number
}

const begins = 3.1
const ends = 3.6

/** Mean opinion score, 1 to 4.5 (ITU-T G.107 with a lossy but well concealed line). */
export function mos(loss: number, jitter: number, roundTrip: number): number {
  const delay = roundTrip * 500 + jitter * 2_000 + 40
  const slow = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0)
  const percent = loss * 100
  const r = 93.2 - slow - (95 * percent) / (percent + 25.1)
  if (r <= 0) return 1
  return Math.min(4.5, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)
}

/** Watches one call; a link is poor, or good again, only when several looks in a row say so. */
export class Quality {
  private before: Sample | null = null
  private scores: number[] = []
  poor = false

  /** Take the next sample; true when the verdict has changed. */
  take(sample: Sample): boolean {
    const { before } = this
    this.before = sample
    if (!before) return false
    const lost = Math.max(0, sample.lost - before.lost)
    const came = Math.max(0, sample.received - before.received)
    const loss = came + lost > 0 ? lost / (came + lost) : 0
    this.scores = [...this.scores.slice(-2), mos(Math.max(loss, sample.lossThere), sample.jitter, sample.roundTrip)]
    if (this.scores.length < 3) return false
    const changed = this.poor ? this.scores.every((one) => one > ends) : this.scores.every((one) => one < begins)
    if (changed) this.poor = !this.poor
    return changed
  }
}

interface Report {
  type: string
  kind?: string
  packetsReceived?: number
  packetsLost?: number
  jitter?: number
  fractionLost?: number
  roundTripTime?: number
}

/** Read a connection's statistics; null before anything has come. */
export function sampleOf(stats: Iterable<Report>): Sample | null {
  let inbound: Report | undefined
  let remote: Report | undefined
  for (const one of stats) {
    if (one.type === 'inbound-rtp') inbound = one
    else if (one.type === 'remote-inbound-rtp') remote = one
  }
  if (!inbound) return null
  return {
    received: inbound.packetsReceived ?? 0,
    lost: inbound.packetsLost ?? 0,
    jitter: inbound.jitter ?? 0,
    lossThere: remote?.fractionLost ?? 0,
    roundTrip: remote?.roundTripTime ?? 0,
  }
}
