import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { problemText } from '@/shared/i18n'
import { toast } from '@/shared/ui/toasts'
import { restartLists } from '../list/useCustomers'

/** Take a merge back: both are there again, from the toast, the record or the list of merges. */
export function useSplit() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const split = async (mergeId: string, touched: readonly string[]): Promise<void> => {
    setBusy(true)
    try {
      await api.post(`/customers/merges/${mergeId}/split`)
      toast(t('customers.split.done'), 'ok')
      for (const id of touched) {
        for (const key of ['customer', 'overview', 'customer-history', 'customer-duplicates']) void queries.invalidateQueries({ queryKey: [key, id] })
      }
      void queries.invalidateQueries({ queryKey: ['customer-merges'] })
      await restartLists(queries)
    } catch (error) {
      toast(t('customers.split.failed', { why: problemText(error, t) }))
    } finally {
      setBusy(false)
    }
  }
  return { split, busy }
}
