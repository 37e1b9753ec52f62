import type { InteractionDocument, InteractionState } from '@/shared/api/types'

/** `dial` is a live one, too: the agent's own telephone has been answered, the customer's is rung. */
const rank: Partial<Record<InteractionState, number>> = { talk: 0, hold: 0, consult: 0, conference: 0, dial: 0, ring: 1, wrapup: 2 }
const joined: readonly string[] = ['talk', 'hold', 'consult', 'conference']

/** Whether people who have answered speak in it, the customer or a colleague. */
export const inTalk = (state: string | undefined): boolean => state !== undefined && joined.includes(state)

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
