import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import type { useCustomers } from './useCustomers'

interface Props {
  query: ReturnType<typeof useCustomers>['query']
  count: number
  mayWrite: boolean
  onCreate: () => void
}

export function ListHead({ query, count, mayWrite, onCreate }: Props) {
  const { t, i18n } = useTranslation()
  return (
    <div className="list-title">
      <h1 className="page-title">
        {t('customers.title')}
        <small data-testid="customers-count" aria-live="polite">
          {query.isSuccess && t(query.hasNextPage ? 'customers.loadedMore' : 'customers.loaded', { shown: count.toLocaleString(i18n.language) })}
        </small>
      </h1>
      {mayWrite && (
        <Button icon={<Icon name="personPlus" />} onClick={onCreate} data-testid="customers-new">
          {t('customers.new')}
        </Button>
      )}
    </div>
  )
}
