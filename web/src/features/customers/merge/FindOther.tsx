import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'
import { phone } from '@/shared/format/phone'
import type { ListedCustomer } from '../types'

/** Somebody else, by anything the list finds people by. */
export function FindOther({ not, onChoose }: { not: string; onChoose: (id: string) => void }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState('')
  const found = useQuery({
    queryKey: ['customers', 'other', asked],
    queryFn: ({ signal }) => api.get<Page<ListedCustomer>>('/customers', { q: asked, limit: 10 }, signal),
    enabled: asked.trim() !== '',
  })
  return (
    <Select
      className="find-other"
      value={null}
      aria-label={t('customers.duplicates.byHand')}
      placeholder={t('customers.searchHint')}
      showSearch={{ filterOption: false, onSearch: setAsked }}
      loading={found.isFetching}
      notFoundContent={asked && found.isSuccess ? t('customers.relations.nobody') : null}
      onChange={(id: string | null) => id && onChoose(id)}
      options={found.data?.items.filter((one) => one.id !== not).map((one) => ({ value: one.id, label: [one.name, phone(one.phones[0]), one.no].filter(Boolean).join(' · ') }))}
    />
  )
}
