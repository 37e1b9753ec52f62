import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { customerNumber, maskName, maskPhone } from '@/shared/format/phone'
import { usePrefs } from '@/shared/prefs/prefs'
import { secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'

/** Ringing outside the page: the window's title, and a desktop note with masked data while it is hidden. */
export function Alerts({ call }: { call: InteractionDocument | null }) {
  const { t } = useTranslation()
  const now = useNow()
  const { notes } = usePrefs()
  const ringing = call?.state === 'ring' ? call : null
  const title = ringing
    ? `☎ ${ringing.customer ? ringing.customer.name : maskPhone(customerNumber(ringing))} ${timer(secondsSince(ringing.state_since, now))}`
    : t('app.name')
  useEffect(() => {
    document.title = title
  }, [title])

  const told = useRef<string | null>(null)
  useEffect(() => {
    if (!ringing || told.current === ringing.id) return
    told.current = ringing.id
    if (!notes || !document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return
    const who = ringing.customer ? maskName(ringing.customer.name) : maskPhone(customerNumber(ringing))
    const note = new Notification(t('alert.ringing', { who }), { body: ringing.queue?.name, tag: 'yuelai-call' })
    note.addEventListener('click', () => window.focus())
  }, [ringing, notes, t])
  return null
}
