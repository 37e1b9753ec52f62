import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { usePhone } from '@/features/phone/PhoneProvider'
import { useSetState } from '@/features/phone/useSetState'
import type { AgentDocument, InteractionDocument } from '@/shared/api/types'
import { useLink } from '@/shared/live/store'
import { secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { Identify } from './Identify'
import { IdentityStrip } from './IdentityStrip'
import { NewCustomerForm } from './NewCustomerForm'
import { OverviewPage } from './OverviewPage'
import { openTab, useTab } from './selection'
import { Tabs } from './Tabs'
import { tabsOf } from './tabs'
import { WrapUp } from './WrapUp'

/** The work area of the desk: the selected interaction, or calm. */
export function Desk({ agent, interaction }: { agent: AgentDocument | null; interaction: InteractionDocument | null }) {
  if (!interaction) return <Calm agent={agent} />
  // Another interaction is another page: nothing typed for one may show under the other.
  return <Work key={interaction.id} interaction={interaction} />
}

function Work({ interaction }: { interaction: InteractionDocument }) {
  const tabs = tabsOf(interaction)
  const wanted = useTab(interaction.id)
  const active = tabs.find((tab) => tab.id === wanted)?.id ?? tabs[0]?.id
  return (
    <>
      <IdentityStrip interaction={interaction} />
      <Tabs tabs={tabs} active={active ?? ''} onOpen={(id) => openTab(interaction.id, id)} />
      <div className="page" role="tabpanel" aria-labelledby={`tab-${active}`} data-region="work">
        {active === 'overview' && <OverviewPage interaction={interaction} />}
        {active === 'identify' && <Identify interaction={interaction} />}
        {active === 'create' && <NewCustomerForm interaction={interaction} />}
      </div>
      {interaction.state === 'wrapup' && <WrapUp interaction={interaction} />}
    </>
  )
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
