import { useCallback, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { apiOf } from '@/shared/api/client'
import type { InteractionDocument } from '@/shared/api/types'
import { problemText } from '@/shared/i18n'
import { toast } from '@/shared/ui/toasts'
import { Once } from './once'

/** What the centre is asked to do with a call; each answers once it has been done. */
const verbs = ['hold', 'retrieve', 'hangup', 'alternate', 'complete', 'cancel', 'join', 'leave'] as const
export type Verb = (typeof verbs)[number]
export const isVerb = (act: string): act is Verb => (verbs as readonly string[]).includes(act)

const paths: Partial<Record<Verb, string>> = { complete: 'consult/complete', cancel: 'consult/cancel', join: 'conference' }
const simple: readonly Verb[] = ['hold', 'retrieve', 'hangup']

/** Ask the centre; a refusal is told with what happens now. Pressed twice in one state of the call, it is asked once. */
export function useVerbs(): (verb: Verb, call: InteractionDocument) => void {
  const { t } = useTranslation()
  const once = useRef(new Once())
  return useCallback(
    (verb, call) => {
      const asked = (call.participants ?? []).map(({ id, state }) => `${id}${state}`).join()
      const send = async () => {
        try {
          await apiOf(call).post(`/interactions/${call.id}/${paths[verb] ?? verb}`)
        } catch (error) {
          toast(t(`${simple.includes(verb) ? 'phone' : 'softphone'}.failed.${verb}`, { why: problemText(error, t) }))
        }
      }
      void once.current.act(`${call.id} ${call.state} ${asked} ${verb === 'hangup' ? verb : ''}`, send)
    },
    [t],
  )
}

/** Whom the customer is to go to, or who is to be asked. */
export type To = { agent: string } | { queue: string } | { number: string }

export const sendTo = (call: InteractionDocument, verb: 'transfer' | 'consult', to: To, note: string): Promise<void> =>
  apiOf(call).post(`/interactions/${call.id}/${verb}`, { to, note })
