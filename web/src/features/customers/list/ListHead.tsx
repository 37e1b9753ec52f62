import { useTranslation } from 'react-i18next'

import type { useCustomers } from './useCustomers'

/** The title and how much of the list is here. */
export function ListHead({ query, count, slow }: { query: ReturnType<typeof useCustomers>['query']; count: number; slow: boolean }) {
  const { t, i18n } = useTranslation()
  return (
    <h1 className="page-title">
      {t('customers.title')}
        <small data-testid="customers-count" aria-live="polite">
          {slow && <span className="text-amber">{t('customers.slow')}</span>}
        {!slow && query.isSuccess && t(query.hasNextPage ? 'customers.loadedMore' : 'customers.loaded', { shown: count.toLocaleString(i18n.language) })}
        </small>
      </h1>
  )
}
