import { useNavigate } from '@tanstack/react-router'

import { MoneyBox, OrdersBox, PaymentsBox, ProductsBox, RecordsBox } from '@/features/desk/overview/business'
import { ContactsBox } from '@/features/desk/overview/ContactsBox'
import { CallbacksBox } from '@/features/desk/overview/person'
import { useMay } from '../may'
import type { CustomerRecord } from '../types'
import { Addresses } from './Addresses'
import { Consents } from './Consents'
import { Facts } from './Facts'
import { Identities } from './Identities'
import { Relations } from './Relations'

/** Left who they are and how to reach them, right what they have, owe, asked for and said. */
export function OverviewTab({ record }: { record: CustomerRecord }) {
  const may = useMay()
  const navigate = useNavigate()
  const view = { tenant: null, customer: record.id }
  const writes = may('customers.write')
  return (
    <div className="record-grid">
      <div className="record-who">
        <Identities record={record} writes={writes} />
        <Addresses record={record} writes={writes} />
        <Facts record={record} />
        <Relations record={record} writes={writes} />
        <Consents record={record} writes={writes} />
      </div>
      <div className="record-what">
        <div className="boxes">
          <MoneyBox view={view} />
          <ProductsBox view={view} />
          <ContactsBox
            view={view}
            onOpen={
              may('interactions.read')
                ? (contactId) => void navigate({ to: '/customers/$id/contacts/$contactId', params: { id: record.id, contactId }, search: (before) => before })
                : undefined
            }
          />
          <OrdersBox view={view} />
          <PaymentsBox view={view} />
          <CallbacksBox view={view} />
          <RecordsBox view={view} />
        </div>
      </div>
    </div>
  )
}
