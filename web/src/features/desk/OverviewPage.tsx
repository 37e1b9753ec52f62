import type { InteractionDocument } from '@/shared/api/types'
import { MoneyBox, OrdersBox, PaymentsBox, ProductsBox, RecordsBox } from './overview/business'
import { ContactsBox } from './overview/ContactsBox'
import { CallbacksBox, ConsentsBox, RelationsBox, ValueBox, VipBar } from './overview/person'
import { WhyBox } from './WhyBox'

/** 360°: why they call first, then what they have, owe, asked for and said before. Each part comes on its own. */
export function OverviewPage({ interaction }: { interaction: InteractionDocument }) {
  const { customer } = interaction
  if (!customer) return null
  // Their data are their tenant's, whatever tenant the session is at.
  const view = { tenant: interaction.tenant.id, customer: customer.id }
  const important = customer.class === 'vip'
  return (
    <div className="page-scroll overview">
      <WhyBox interaction={interaction} />
      {important && <VipBar view={view} warnings={customer.warnings} />}
      <div className="boxes" data-testid="boxes">
        <ProductsBox view={view} />
        <MoneyBox view={view} />
        <ContactsBox view={view} except={interaction.id} />
        <CallbacksBox view={view} />
        <OrdersBox view={view} />
        <RelationsBox view={view} />
        {important ? <PaymentsBox view={view} /> : <ValueBox view={view} />}
        {!important && <PaymentsBox view={view} />}
        <ConsentsBox view={view} />
        <RecordsBox view={view} />
      </div>
    </div>
  )
}
