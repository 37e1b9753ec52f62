import type { ReactNode } from 'react'

import type { AgentDocument, InteractionDocument, Person } from '@/shared/api/types'
import { useNow } from '@/shared/time/clock'
import { Logo } from '@/shared/ui/Logo'
import { CallBlock } from './CallBlock'
import { Controls } from './Controls'
import { Load } from './Load'
import { PhoneDialogs } from './PhoneDialogs'
import { StateBlock } from './StateBlock'

interface Props {
  person: Person
  agent: AgentDocument | null
  call: InteractionDocument | null
  /** What stands at the right end. */
  side: ReactNode
  onSignOut: () => void
  /** Open a page. */
  onGo: (path: '/callbacks') => void
}

/** 话务条: never moves, never scrolls, lives above the router. */
export function PhoneBar({ person, agent, call, side, onSignOut, onGo }: Props) {
  return (
    <header className="phone-bar" data-region="phone">
      <span className="phone-logo">
        <Logo size={34} />
      </span>
      <StateBlock person={person} agent={agent} onSignOut={onSignOut} />
      <CallBlock call={call} onGo={onGo} />
      <Controls call={call} />
      <div className="phone-side">
        <Load agent={agent} />
        {side}
      </div>
      {call?.state === 'ring' && call.until && <RingBar from={call.state_since} until={call.until} />}
      <PhoneDialogs call={call} />
    </header>
  )
}

/** How much of the ring time is left; the number beside the name says the same. */
function RingBar({ from, until }: { from: string; until: string }) {
  const now = useNow()
  const whole = Date.parse(until) - Date.parse(from)
  const left = whole > 0 ? Math.max(0, Math.min(1, (Date.parse(until) - now) / whole)) : 0
  return (
    <span className="ring-bar" aria-hidden="true">
      <span style={{ transform: `scaleX(${left})` }} />
    </span>
  )
}
