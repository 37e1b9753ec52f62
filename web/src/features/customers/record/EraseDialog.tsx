import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { toast } from '@/shared/ui/toasts'
import { listSearch } from '../list/filter'
import { restartLists } from '../list/useCustomers'
import type { CustomerRecord } from '../types'
import { ReasonDialog } from './ReasonDialog'

/** Erasing cannot be undone: the dialog names who, says what stays, and asks why. */
export function EraseDialog({ record, onClose }: { record: CustomerRecord; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const erase = async (reason: string) => {
    await api.post(`/customers/${record.id}/erase`, { reason })
    toast(t('customers.erase.done', { no: record.no }), 'ok')
    await navigate({ to: '/customers', search: listSearch })
    for (const key of ['customer', 'overview', 'customer-history']) queries.removeQueries({ queryKey: [key, record.id] })
    void restartLists(queries)
  }
  return (
    <ReasonDialog
      danger
      title={t('customers.erase.title', { name: record.name })}
      what={t('customers.erase.what')}
      stays={t('customers.erase.stays')}
      verb={t('customers.erase.verb')}
      hint={t('customers.erase.reasonHint')}
      onAct={erase}
      onClose={onClose}
    />
  )
}
