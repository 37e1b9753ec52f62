import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import type { AgentDocument } from '@/shared/api/types'
import { queuesOf, useDocuments } from '@/shared/live/store'
import { length, secondsSince } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'

/** The queue with the longest wait, and my day so far. */
export function Load({ agent }: { agent: AgentDocument | null }) {
  const { t } = useTranslation()
  const docs = useDocuments()
  const now = useNow()
  const queues = useMemo(() => queuesOf(docs), [docs])
  const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0)
  const longest = queues.reduce<string | null>(
    (oldest, { longest_since: since }) => (since && (!oldest || since < oldest) ? since : oldest),
    null,
  )
  const today = agent?.today
  return (
    <div className="load">
      {queues.length > 0 && (
        <span className="figure">
          <span className="figure-name">{t('load.queue')}</span>
          <b className={waiting > 0 ? 'text-amber' : ''}>
            {waiting > 0 && <Icon name="people" size={14} />}
            {t('load.waiting', { count: waiting })}
            {longest && <small>{t('load.longest', { time: length(secondsSince(longest, now)) })}</small>}
          </b>
        </span>
      )}
      {today && (
        <>
          <span className="figure figure-today">
            <span className="figure-name">{t('load.answered')}</span>
            <b>{today.answered}</b>
          </span>
          <span className="figure figure-average">
            <span className="figure-name">{t('load.average')}</span>
            <b>{today.average_handle_seconds ? length(today.average_handle_seconds) : '–'}</b>
          </span>
        </>
      )}
    </div>
  )
}
