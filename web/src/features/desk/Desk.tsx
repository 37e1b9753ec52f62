import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { usePhone } from '@/features/phone/PhoneProvider'
import { useSetState } from '@/features/phone/useSetState'
import type { AgentDocument, InteractionDocument } from '@/shared/api/types'
import { useLink } from '@/shared/live/store'
import { secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { Work } from './Work'

/** The work area of the desk: the selected interaction, or calm. */
export function Desk({ agent, interaction }: { agent: AgentDocument | null; interaction: InteractionDocument | null }) {
  if (!interaction) return <Calm agent={agent} />
  // Another interaction is another page: nothing typed for one may show under the other.
  return <Work key={interaction.id} interaction={interaction} />
}

function Calm({ agent }: { agent: AgentDocument | null }) {
  const { t } = useTranslation()
  const now = useNow()
  const { put, pending } = useSetState()
  const { seat, state: phone } = usePhone()
  const online = useLink().status === 'online'
  const state = agent?.state ?? 'offline'
  const reachable = phone.registration === 'registered' || agent?.registered[seat] === true
  return (
    <div className="calm" data-region="work">
      <Icon name="headset" size={32} />
      <h1 className="calm-what">
        {state === 'ready' && agent ? t('desk.waiting', { time: timer(secondsSince(agent.since, now)) }) : t(state === 'busy' ? 'desk.busy' : 'desk.offline')}
      </h1>
      <p className="calm-then">{t(state === 'ready' ? 'desk.waitingThen' : 'desk.offlineThen')}</p>
      {(state === 'offline' || state === 'busy') && (
        <Button
          type="primary"
          className="calm-act"
          data-testid="become-ready"
          data-first-action=""
          loading={pending}
          disabled={!online || !reachable}
          onClick={() => void put({ state: 'ready', seat })}
        >
          {reachable ? t('desk.becomeReady') : t(`seat.unregistered.${seat}`)}
        </Button>
      )}
    </div>
  )
}
