import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { problemText } from '@/shared/i18n'
import { toast } from '@/shared/ui/toasts'
import { useChanged } from './useRecord'

/** One change to a part of a customer at a time: done, shown, and where that is possible offered to be undone. */
export function useEdit(customerId: string) {
  const { t } = useTranslation()
  const changed = useChanged(customerId)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)

  const run = async (act: () => Promise<unknown>, done?: { text: string; undo?: () => Promise<unknown> }): Promise<boolean> => {
    setBusy(true)
    setProblem(null)
    try {
      await act()
      await changed()
      if (done) {
        const { undo } = done
        const back = () => {
          const act2 = async () => {
            await undo?.()
            await changed()
          }
          act2().catch((error: unknown) => toast(problemText(error, t)))
        }
        toast(done.text, 'ok', undo && { label: t('customers.undo'), act: back })
      }
      return true
    } catch (error) {
      setProblem(error)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { run, busy, problem, clear: () => setProblem(null) }
}
