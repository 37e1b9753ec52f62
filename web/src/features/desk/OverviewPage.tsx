import { memo, useDeferredValue, useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { MoneyBox, OrdersBox, PaymentsBox, ProductsBox, RecordsBox } from './overview/business'
import { ContactsBox } from './overview/ContactsBox'
import { CallbacksBox, ConsentsBox, RelationsBox, ValueBox, VipBar } from './overview/person'
import type { View } from './overview/sections'
import { WhyBox } from './WhyBox'

/** 360°: why they call first, then what they have, owe, asked for and said before. Each part comes on its own. */
export function OverviewPage({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const { customer } = interaction
  // Who it is is painted first; the boxes come with the next frame.
  const boxes = useDeferredValue(true, false)
  // Their data are their tenant's, whatever tenant the session is at.
  const [tenant, id] = [interaction.tenant.id, customer?.id ?? '']
  const view = useMemo(() => ({ tenant, customer: id }), [tenant, id])
  if (!customer) return null
  const important = customer.class === 'vip'
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is scrolled by keys, too
    <div className="page-scroll overview" role="region" aria-label={t('tab.overview')} tabIndex={0}>
      <WhyBox interaction={interaction} />
      {boxes && <Boxes view={view} important={important} interaction={interaction.id} warnings={customer.warnings} />}
    </div>
  )
}

const Boxes = memo(function Boxes({ view, important, interaction, warnings }: { view: View; important: boolean; interaction: string; warnings: string[] }) {
  return (
    <>
      {important && <VipBar view={view} warnings={warnings} />}
      <div className="boxes" data-testid="boxes">
        <ProductsBox view={view} />
        <MoneyBox view={view} />
        <ContactsBox view={view} except={interaction} />
        <CallbacksBox view={view} />
        <OrdersBox view={view} />
        <RelationsBox view={view} />
        {important ? <PaymentsBox view={view} /> : <ValueBox view={view} />}
        {!important && <PaymentsBox view={view} />}
        <ConsentsBox view={view} />
        <RecordsBox view={view} />
      </div>
    </>
  )
})
