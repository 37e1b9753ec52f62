import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Contacts, Money, Orders, Products } from '@/features/desk/OverviewSections'
import { api } from '@/shared/api/client'
import type { CustomerOverview } from '@/shared/api/types'
import { ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { useMay } from '../may'
import type { CustomerRecord } from '../types'
import { Addresses } from './Addresses'
import { Consents } from './Consents'
import { Facts } from './Facts'
import { Identities } from './Identities'
import { Relations } from './Relations'

/** Left who they are and how to reach them, right what they have, owe, asked for and said. */
export function OverviewTab({ record }: { record: CustomerRecord }) {
  const { t } = useTranslation()
  const may = useMay()
  const navigate = useNavigate()
  const query = useQuery({
    queryKey: ['overview', record.id],
    queryFn: ({ signal }) => api.get<CustomerOverview>(`/customers/${record.id}/overview`, undefined, signal),
    staleTime: 30_000,
  })
  const patience = usePatience(query.isPending)
  const data = query.data
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
        {query.isError && !data && <ErrorLine onRetry={() => void query.refetch()}>{t('customers.overviewFailed')}</ErrorLine>}
        {data ? (
          <>
            <div className="record-columns">
              <Money accounts={data.accounts} bills={data.bills} />
              <Products products={data.products} />
            </div>
            <div className="record-columns">
              <Contacts
                contacts={data.contacts}
                onOpen={
                  may('interactions.read')
                    ? (contactId) => void navigate({ to: '/customers/$id/contacts/$contactId', params: { id: record.id, contactId }, search: (before) => before })
                    : undefined
                }
              />
              <Orders orders={data.orders} />
            </div>
          </>
        ) : (
          !query.isError && (
            <div className="record-columns">
              <Section
                icon="receipt"
                title={t('overview.money')}
                extra={
                  // In the heading: a line of its own would push what comes later out of its place.
                  patience === 'slow' && (
                    <span className="text-amber">
                      {t('customers.overviewSlow')}{' '}
                      <button type="button" className="link" onClick={() => void query.refetch()}>
                        {t('common.retry')}
                      </button>
                    </span>
                  )
                }
              >
                <div className="reserved">{patience !== 'none' && <Skeleton rows={4} />}</div>
              </Section>
              <Section icon="box" title={t('overview.products')}>
                <div className="reserved">{patience !== 'none' && <Skeleton rows={4} />}</div>
              </Section>
            </div>
          )
        )}
      </div>
    </div>
  )
}
