import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { customerNumber, maskName, maskPhone } from '@/shared/format/phone'
import { usePrefs } from '@/shared/prefs/prefs'
import { secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'

/**
 * Ringing outside the page: the window's title, and a desktop note with masked data while it is hidden. During a call
 * whatever else comes makes no noise: its card, and how many there are in the title.
 */
export function Alerts({ call, mine }: { call: InteractionDocument | null; mine: readonly InteractionDocument[] }) {
  const { t } = useTranslation()
  const now = useNow()
  const { notes, flash } = usePrefs()
  const ringing = call?.state === 'ring' ? call : null
  const others = mine.filter((one) => one.state === 'ring' && one.id !== ringing?.id).length
  const plain = others > 0 ? `(${others}) ${t('app.name')}` : t('app.name')
  const title = ringing && flash
    ? `☎ ${ringing.customer ? ringing.customer.name : maskPhone(customerNumber(ringing))} ${timer(secondsSince(ringing.state_since, now))}`
    : plain
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
