import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { codeText } from '@/shared/i18n'
import { queuesOf, useDocuments } from '@/shared/live/store'
import { toast } from '@/shared/ui/toasts'
import { failures } from './handed'

/** Says when nobody came whom this agent asked or sent the customer to, and what becomes of the customer. */
export function useFailures(call: InteractionDocument | null): void {
  const { t } = useTranslation()
  const docs = useDocuments()
  const told = useRef<{ id: string; keys: Set<string> } | null>(null)
  useEffect(() => {
    if (!call) return
    const now = failures(call)
    // What had failed before this page saw the call is no news.
    if (told.current?.id !== call.id) told.current = { id: call.id, keys: new Set(now.map(({ key }) => key)) }
    const { keys } = told.current
    for (const { key, kind, whom, why } of now) {
      if (keys.has(key)) continue
      keys.add(key)
      if (kind === 'callback') {
        toast(t('trail.notReached', { why: codeText(t, 'trail.result', why) }), 'amber')
        continue
      }
      const queue = queuesOf(docs).find(({ code }) => code === whom)
      toast(t(`softphone.${kind}Failed`, { whom: queue?.name ?? whom, why: codeText(t, 'refusal', why) }), 'amber')
    }
  }, [call, docs, t])
}
