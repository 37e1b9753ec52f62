import { useTranslation } from 'react-i18next'

import type { useCustomers } from './useCustomers'

/** The title and how much of the list is here. */
export function ListHead({ query, count }: { query: ReturnType<typeof useCustomers>['query']; count: number }) {
  const { t, i18n } = useTranslation()
  return (
    <h1 className="page-title">
      {t('customers.title')}
        <small data-testid="customers-count" aria-live="polite">
          {query.isSuccess && t(query.hasNextPage ? 'customers.loadedMore' : 'customers.loaded', { shown: count.toLocaleString(i18n.language) })}
        </small>
      </h1>
  )
}
