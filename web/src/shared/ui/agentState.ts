import type { AgentState, InteractionState } from '../api/types'
import type { Tone } from './parts'
import type { IconName } from './icons'

/** Every state has a colour, an icon and a word (the word is `agent.<state>` or `state.<state>`). */
export const agentLook: Record<AgentState, { tone: Tone; icon: IconName }> = {
  ready: { tone: 'ok', icon: 'checkCircle' },
  ringing: { tone: 'accent', icon: 'ringing' },
  talking: { tone: 'accent', icon: 'phone' },
  hold: { tone: 'amber', icon: 'pause' },
  consult: { tone: 'accent', icon: 'people' },
  wrapup: { tone: 'violet', icon: 'pen' },
  busy: { tone: 'amber', icon: 'minusCircle' },
  offline: { tone: 'neutral', icon: 'circle' },
}

const looks: Record<InteractionState, { tone: Tone; icon: IconName }> = {
  ivr: { tone: 'neutral', icon: 'keyboard' },
  queue: { tone: 'neutral', icon: 'people' },
  ring: { tone: 'accent', icon: 'ringing' },
  talk: { tone: 'accent', icon: 'phone' },
  dial: { tone: 'accent', icon: 'outgoing' },
  hold: { tone: 'amber', icon: 'pause' },
  consult: { tone: 'accent', icon: 'consult' },
  conference: { tone: 'accent', icon: 'people' },
  message: { tone: 'neutral', icon: 'message' },
  wrapup: { tone: 'violet', icon: 'pen' },
  closed: { tone: 'neutral', icon: 'check' },
}

/** A state this version does not know yet is shown plainly. */
export const interactionLook = (state: string): { tone: Tone; icon: IconName } =>
  looks[state as InteractionState] ?? { tone: 'neutral', icon: 'info' }
