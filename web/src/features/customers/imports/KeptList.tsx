import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'
import { ErrorLine, Section } from '@/shared/ui/parts'
import type { KeptCustomer } from './model'

/** Whom taking an import back has left as they are, because somebody has worked with them since. */
export function KeptList({ id }: { id: string }) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['customer-import-kept', id],
    queryFn: ({ signal }) => api.get<Page<KeptCustomer>>(`/customers/imports/${id}/kept`, { limit: 100 }, signal),
  })
  return (
    <Section icon="people" title={t('customers.imports.kept')}>
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.items.map(({ customer, reason }) => (
        <div key={customer.id} className="row">
          <Link className="link" to="/customers/$id" params={{ id: customer.id }}>
            {customer.name} <span className="muted">{customer.no}</span>
          </Link>
          <span className="muted">{t(`customers.imports.keptReason.${reason}`, { defaultValue: '' })}</span>
        </div>
      ))}
    </Section>
  )
}
