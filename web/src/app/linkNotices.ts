import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { useLink } from '@/shared/live/store'
import type { Link } from '@/shared/live/socket'
import { notify } from '@/shared/notices'
import { timer } from '@/shared/time/format'

/** Shorter than this a loss is nobody's concern. */
const worth_telling = 3_000

/** What the strip above the footer said while it was there, for those who were away. */
export function useLinkNotices(): void {
  const { t } = useTranslation()
  const link = useLink()
  const lost = useRef<Link | null>(null)
  useEffect(() => {
    if (link.status === 'offline' || link.status === 'recovering') lost.current ??= link
    if (link.status !== 'online' || !lost.current) return
    const { since, status } = lost.current
    lost.current = null
    const away = Date.now() - since
    if (away >= worth_telling) notify(t(status === 'offline' ? 'notice.linkBack' : 'notice.coreBack', { time: timer(away / 1_000) }), 'amber')
  }, [link, t])
}
