import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Colleague } from '@/shared/api/colleagues'
import type { AgentState } from '@/shared/api/types'
import { agentLook } from '@/shared/ui/agentState'
import { Icon } from '@/shared/ui/Icon'

/** A colleague as they are at this moment: state by colour, sign and word. */
export function Person({ one, children }: { one: Colleague; children?: ReactNode }) {
  const { t } = useTranslation()
  const look = one.state ? agentLook[one.state as AgentState] : undefined
  return (
    <>
      <Icon name={look?.icon ?? 'person'} className={look ? `text-${look.tone}` : 'muted'} />
      <span className="chat-words">
        <span className="chat-line">
          <b className="ellipsis">{one.name}</b>
          <span className="muted">{one.number}</span>
          {one.leader && <span className="person-leader">{t('colleagues.leader')}</span>}
          <span className={`person-state ${look ? `text-${look.tone}` : 'muted'}`}>{one.state ? t(`agent.${one.state}`, { defaultValue: one.state }) : ''}</span>
        </span>
        <span className="chat-line">
          <span className="ellipsis muted">{[...one.skills, ...one.groups].join(' · ')}</span>
          {children}
        </span>
      </span>
    </>
  )
}
