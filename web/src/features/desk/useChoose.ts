import { useState } from 'react'

import { apiOf } from '@/shared/api/client'
import type { InteractionDocument } from '@/shared/api/types'
import { openTab } from './selection'

/** Say who the caller is, or for whom they speak. The 360° view opens once the centre has taken it; choosing again undoes it. */
export function useChoose(interaction: Pick<InteractionDocument, 'id' | 'tenant'>) {
  const [pending, setPending] = useState<string | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const choose = async (customerId: string, onBehalf = false): Promise<boolean> => {
    setPending(customerId)
    setProblem(null)
    try {
      await apiOf(interaction).put(`/interactions/${interaction.id}/customer`, { customer_id: customerId, on_behalf: onBehalf })
      openTab(interaction.id, 'overview')
      return true
    } catch (error) {
      setProblem(error)
      return false
    } finally {
      setPending(null)
    }
  }
  return { choose, pending, problem }
}
