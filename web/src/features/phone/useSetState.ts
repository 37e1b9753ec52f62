import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Seat } from '@/shared/api/types'
import { problemText } from '@/shared/i18n'
import { toast } from '@/shared/ui/toasts'

export interface WantedState {
  state: string
  reason?: string
  seat: Seat
}

/** Ask the centre for another state; a refusal is told, the state shown stays the centre's. */
export function useSetState(): { put: (wanted: WantedState) => Promise<void>; pending: boolean } {
  const { t } = useTranslation()
  const [pending, setPending] = useState(false)
  const put = useCallback(
    async (wanted: WantedState) => {
      setPending(true)
      try {
        await api.put('/agents/me/state', wanted)
      } catch (error) {
        toast(t('agent.failed', { why: problemText(error, t) }))
      } finally {
        setPending(false)
      }
    },
    [t],
  )
  return { put, pending }
}
