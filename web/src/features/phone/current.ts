import type { InteractionDocument, InteractionState } from '@/shared/api/types'

const rank: Partial<Record<InteractionState, number>> = { talk: 0, hold: 0, ring: 1, wrapup: 2 }

/** The call the phone bar shows: the live one, else the ringing one, else the one being wrapped up. */
export function currentCall(mine: readonly InteractionDocument[]): InteractionDocument | null {
  let best: InteractionDocument | null = null
  for (const one of mine) {
    if (!['voice', 'phone', 'call'].includes(one.channel) || rank[one.state] === undefined) continue
    if (!best || (rank[one.state] ?? 9) < (rank[best.state] ?? 9)) best = one
  }
  return best
}

/** Whose sound it is: an agent at work sits where the centre says, an agent still offline where this machine prefers. */
export function effectiveSeat<S extends string>(agent: { state: string; seat: S | null } | null, preferred: S): S {
  return agent && agent.state !== 'offline' && agent.seat ? agent.seat : preferred
}
