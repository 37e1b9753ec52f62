import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { inTalk } from '@/features/phone/current'
import type { AgentDocument, InteractionDocument } from '@/shared/api/types'
import { customerNumber, phone } from '@/shared/format/phone'
import { secondsLeft, secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { interactionLook } from '@/shared/ui/agentState'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { Icon } from '@/shared/ui/Icon'
import { useMe } from '@/shared/ui/may'
import { Due } from './roster/Due'
import { useOrder } from './roster/useOrder'

interface Props {
  agent: AgentDocument | null
  mine: readonly InteractionDocument[]
  selected: string | null
  onSelect: (id: string) => void
  onCallbacks: () => void
  /** What stands below all cards. */
  foot?: ReactNode
}

/** 我的交互: a card each; the name gives way, the timer never. Below, the calls I owe. */
export function Roster({ agent, mine, selected, onSelect, onCallbacks, foot }: Props) {
  const { t } = useTranslation()
  const { cards, hover } = useOrder(mine)
  return (
    <nav className="roster" aria-label={t('roster.title')} data-region="roster" {...hover}>
      <h2 className="roster-head">
        <span>{t('roster.title')}</span>
        <span className="roster-count">{t('roster.count', { count: mine.length })}</span>
      </h2>
      <div className="roster-cards">
        {cards.map((one) => (
          <Card key={one.id} interaction={one} selected={one.id === selected} onSelect={() => onSelect(one.id)} />
        ))}
        {mine.length === 0 && <Idle agent={agent} />}
        <Due contacts={mine.map(({ id }) => id).toSorted().join()} onOpen={onCallbacks} />
      </div>
      {foot}
    </nav>
  )
}

function Card({ interaction, selected, onSelect }: { interaction: InteractionDocument; selected: boolean; onSelect: () => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const { state, customer, until } = interaction
  const several = useMe().tenants.length > 1
  const look = interactionLook(state)
  const left = until ? secondsLeft(until, now) : null
  const shown = inTalk(state) ? (interaction.answered_at ?? interaction.state_since) : interaction.state_since
  const time = state === 'wrapup' && left !== null ? timer(left) : timer(secondsSince(shown, now))
  const side = state === 'ring' && left !== null ? t('call.left', { time: t('time.seconds', { count: left }) }) : interaction.recording && state !== 'wrapup' ? t(interaction.recording_paused ? 'call.recordingPaused' : 'call.recordingShort') : ''
  return (
    <button type="button" className="card" aria-current={selected} onClick={onSelect} data-testid="roster-card">
      <span className={`card-icon ${selected ? `solid-${look.tone}` : 'solid-neutral'}`}>
        <Icon name={look.icon} size={18} />
      </span>
      <span className="card-words">
        <span className="card-line">
          <b className="ellipsis">{customer?.name ?? phone(customerNumber(interaction))}</b>
          <CustomerClass value={customer?.class} short />
          <span className={`card-time text-${look.tone}`}>{time}</span>
        </span>
        <span className="card-line card-minor">
          <span className="ellipsis">
            {several && `${interaction.tenant.name} · `}
            {t(state === 'ring' ? 'roster.ringing' : `state.${state}`)}
            {interaction.queue ? ` · ${interaction.queue.name}` : ''}
          </span>
          <span className="card-side">{side}</span>
        </span>
      </span>
    </button>
  )
}

/** Nothing to do: how long already, or what would change it. */
function Idle({ agent }: { agent: AgentDocument | null }) {
  const { t } = useTranslation()
  const now = useNow()
  const state = agent?.state ?? 'offline'
  if (state === 'ready' && agent) {
    return <p className="roster-idle">{t('roster.waiting', { time: timer(secondsSince(agent.since, now)) })}</p>
  }
  return <p className="roster-idle">{t(state === 'busy' ? 'roster.busy' : 'roster.offline')}</p>
}
