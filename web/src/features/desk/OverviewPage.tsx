import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { apiOf } from '@/shared/api/client'
import type { CustomerOverview, InteractionDocument } from '@/shared/api/types'
import { usePatience } from '@/shared/ui/usePatience'
import { ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { Contacts, Money, Orders, Products } from './OverviewSections'
import { WhyBox } from './WhyBox'

/** 360°: why they call first, then what they have, owe, asked for and said before. */
export function OverviewPage({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const id = interaction.customer?.id ?? ''
  const query = useQuery({
    queryKey: ['overview', interaction.tenant.id, id],
    queryFn: ({ signal }) => apiOf(interaction).get<CustomerOverview>(`/customers/${id}/overview`, undefined, signal),
    enabled: id !== '',
    staleTime: 30_000,
  })
  const patience = usePatience(query.isPending)
  const data = query.data

  return (
    <div className="page-scroll overview">
      <WhyBox interaction={interaction} />
      {query.isError && !data && (
        <ErrorLine onRetry={() => void query.refetch()}>{t('overview.failed')}</ErrorLine>
      )}
      {patience === 'slow' && (
        <p className="slow">
          {t('overview.slow')}
          <button type="button" className="link" onClick={() => void query.refetch()}>
            {t('common.retry')}
          </button>
        </p>
      )}
      {data ? (
        <>
          <div className="columns">
            <Products products={data.products} />
            <Money accounts={data.accounts} bills={data.bills} />
          </div>
          <div className="columns">
            <Contacts contacts={data.contacts.filter((one) => one.id !== interaction.id)} />
            <Orders orders={data.orders} />
          </div>
        </>
      ) : (
        !query.isError && (
          <>
            <div className="columns">
              <Waiting icon="box" title={t('overview.products')} shown={patience !== 'none'} />
              <Waiting icon="receipt" title={t('overview.money')} shown={patience !== 'none'} />
            </div>
            <Waiting icon="clock" title={t('overview.contacts')} shown={patience !== 'none'} />
          </>
        )
      )}
    </div>
  )
}

function Waiting({ icon, title, shown }: { icon: Parameters<typeof Section>[0]['icon']; title: string; shown: boolean }) {
  return (
    <Section icon={icon} title={title}>
      <div className="reserved">{shown && <Skeleton rows={4} />}</div>
    </Section>
  )
}
