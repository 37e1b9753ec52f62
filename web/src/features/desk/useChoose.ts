import { useState } from 'react'

import { api } from '@/shared/api/client'
import { openTab } from './selection'

/** Say who the caller is. The 360° view opens once the centre has taken it; choosing again undoes it. */
export function useChoose(interactionId: string) {
  const [pending, setPending] = useState<string | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const choose = async (customerId: string): Promise<boolean> => {
    setPending(customerId)
    setProblem(null)
    try {
      await api.put(`/interactions/${interactionId}/customer`, { customer_id: customerId })
      openTab(interactionId, 'overview')
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
