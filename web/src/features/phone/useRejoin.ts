import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { apiFor } from '@/shared/api/client'
import type { InteractionDocument, Seat } from '@/shared/api/types'
import { problemText } from '@/shared/i18n'
import { toast } from '@/shared/ui/toasts'
import { inTalk } from './current'
import type { PhoneState } from './reducer'

/** The centre may still be noticing that the old page is gone. */
const settle = 250
const again = 2_500
const most = 3

/** True when the centre says we talk and this page has no sound for it. */
export function lacksSound(phone: PhoneState, seat: Seat, call: Pick<InteractionDocument, 'state'> | null): boolean {
  return inTalk(call?.state) && seat === 'browser' && phone.owner === 'mine' && phone.registration === 'registered' && phone.call === null
}

/**
 * After a reload, ask the centre to call this browser again. Unasked only for a call this page never had sound for:
 * one whose session ended here is just about to be closed. Returns the same request for the agent's hand, and for which
 * call asking has not helped.
 */
export function useRejoin(phone: PhoneState, seat: Seat, call: InteractionDocument | null): { rejoin: () => void; vain: string | null } {
  const { t } = useTranslation()
  const attempts = useRef(new Map<string, number>())
  const [vain, setVain] = useState<string | null>(null)
  const id = call?.id ?? null
  const tenant = call?.tenant.id ?? null
  const lacking = lacksSound(phone, seat, call)
  const unasked = lacking && id !== null && !phone.known.includes(id)

  useEffect(() => {
    if (!unasked || id === null) return
    let timer: ReturnType<typeof setTimeout>
    const ask = () => {
      const made = attempts.current.get(id) ?? 0
      if (made >= most) {
        setVain(id)
        return
      }
      attempts.current.set(id, made + 1)
      apiFor(tenant).post(`/interactions/${id}/rejoin`).catch(() => undefined)
      timer = setTimeout(ask, again)
    }
    timer = setTimeout(ask, settle)
    return () => clearTimeout(timer)
  }, [unasked, id, tenant])

  const rejoin = useCallback(() => {
    if (!id) return
    apiFor(tenant).post(`/interactions/${id}/rejoin`).catch((error: unknown) => toast(problemText(error, t)))
  }, [id, tenant, t])
  return { rejoin, vain }
}
