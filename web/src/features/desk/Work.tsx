import { Activity, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { BusinessMenu } from '@/features/businesses/BusinessMenu'
import { BusinessPage } from '@/features/businesses/BusinessPage'
import { useKinds } from '@/features/businesses/kinds'
import { businessTab, closeBusiness, openBusiness, useOpenForms } from '@/features/businesses/open'
import type { InteractionDocument } from '@/shared/api/types'
import { useDraftsOf } from '@/shared/drafts/store'
import { useDrafts } from '@/shared/drafts/useDrafts'
import { useAction } from '@/shared/keys/actions'
import { formId } from '@/shared/prefs/drafts'
import { useMe } from '@/shared/ui/may'
import { Identify } from './Identify'
import { IdentityStrip } from './IdentityStrip'
import { NewCustomerForm } from './NewCustomerForm'
import { OverviewPage } from './OverviewPage'
import { openTab, useTab } from './selection'
import { Tabs } from './Tabs'
import { businessTabs, tabsOf, type Tab } from './tabs'
import { WrapUp } from './WrapUp'

/** One interaction's pages: who it is, their whole picture, and every business that is open. */
export function Work({ interaction }: { interaction: InteractionDocument }) {
  const { i18n } = useTranslation()
  const { kinds } = useKinds(interaction)
  const forms = useOpenForms(interaction.id)
  useDrafts(interaction, interaction.holders?.length ?? 1)
  const unsent = useUnsent(interaction)
  const tabs = [...tabsOf(interaction), ...businessTabs(forms, kinds, i18n.language)]
  const wanted = useTab(interaction.id)
  const active = tabs.find((tab) => tab.id === wanted)?.id ?? tabs[0]?.id ?? ''
  const visited = useVisited(active)
  const [menu, setMenu] = useState(false)
  useAction('business', () => setMenu((before) => !before))

  const close = (tab: Tab) => {
    if (tab.form) closeBusiness(interaction, tab.form, tab.label ?? '')
  }

  return (
    <>
      <IdentityStrip interaction={interaction} />
      <Tabs
        tabs={tabs}
        active={active}
        unsent={unsent}
        onOpen={(id) => openTab(interaction.id, id)}
        onClose={close}
        onAdd={() => setMenu(true)}
        menu={
          menu ? (
            <BusinessMenu
              contact={interaction}
              onOpen={(kind) => {
                setMenu(false)
                openBusiness(interaction, kind.code)
              }}
              onClose={() => setMenu(false)}
            />
          ) : null
        }
      />
      <div className="page" role="tabpanel" aria-labelledby={`tab-${active}`} data-region="work" data-page={active}>
        {active === 'overview' && <OverviewPage interaction={interaction} />}
        {active === 'identify' && <Identify interaction={interaction} />}
        {active === 'create' && <NewCustomerForm interaction={interaction} />}
        {forms.map((form) => {
          const id = businessTab(form.id)
          const kind = kinds.find(({ code }) => code === form.kind)
          if (!kind || !visited.has(id)) return null
          return (
            <Activity key={id} mode={id === active ? 'visible' : 'hidden'}>
              <BusinessPage interaction={interaction} id={form.id} kind={kind} shown={id === active} />
            </Activity>
          )
        })}
      </div>
      {interaction.state === 'wrapup' && <WrapUp interaction={interaction} />}
    </>
  )
}

/** Pages once shown stay as they are, out of sight: they come back at once. */
function useVisited(active: string): ReadonlySet<string> {
  const [visited, setVisited] = useState<ReadonlySet<string>>(new Set([active]))
  if (!visited.has(active)) setVisited(new Set([...visited, active]))
  return visited.has(active) ? visited : new Set([...visited, active])
}

/** The tabs whose forms somebody has begun. */
function useUnsent(interaction: InteractionDocument): ReadonlySet<string> {
  const me = useMe()
  const drafts = useDraftsOf(interaction.id)
  const unsent = new Set([...drafts.values()].filter(({ form }) => form.startsWith('business:')).map(({ id }) => businessTab(id)))
  if (drafts.has(formId(interaction.id, 'customer', me.id))) unsent.add('create')
  return unsent
}
