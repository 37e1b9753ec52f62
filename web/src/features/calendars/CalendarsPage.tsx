import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAll } from '@/shared/api/lists'
import type { Queue } from '@/shared/api/admin'
import type { Calendar } from '@/shared/api/queues'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip, Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { ThingDialog } from '@/shared/ui/ThingDialog'
import { usePatience } from '@/shared/ui/usePatience'
import './calendars.css'
import { lookOf, timeIn } from './days'
import { WeekForm } from './WeekForm'
import { YearView } from './YearView'

/** 服务时间: the calendars, and of one its week, its holidays and its year. */
export function CalendarsPage({ open, onOpen }: { open: string | null; onOpen: (id: string | null) => void }) {
  const { t, i18n } = useTranslation()
  const writes = useMay()('queues.write')
  const { query, rows } = useAll<Calendar>('/calendars')
  const queues = useAll<Queue>('/queues')
  const patience = usePatience(query.isPending)
  const [adding, setAdding] = useState(false)
  const chosen = rows.find(({ id }) => id === open) ?? rows[0]
  /** Those that keep these hours, by name. */
  const keptBy = (calendar: Calendar) =>
    calendar.queues
      .map((code) => queues.rows.find((queue) => queue.code === code))
      .map((queue, index) => (queue && i18n.language === 'en' && queue.name_en) || queue?.name || calendar.queues[index])
      .join(t('calendars.and'))
  const nameOf = (calendar: Calendar) => (i18n.language === 'en' && calendar.name_en) || calendar.name
  const stateText = ({ now, timezone }: Calendar) => {
    const when = (at: string) => timeIn(timezone, at, i18n.language)
    const festival = (i18n.language === 'en' && now.name_en) || now.name
    const word = now.state === 'holiday' && festival ? festival : t(`calendars.${now.state}`)
    if (now.state === 'open') return now.until ? `${word} · ${t('calendars.until', { at: when(now.until) })}` : word
    return now.opens_at ? `${word} · ${t('calendars.opens', { at: when(now.opens_at) })}` : word
  }
  return (
    <div className="admin">
      <div className="admin-main calendars" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('calendars.title')}</h1>
          {writes && (
            <span className="admin-end">
              <Button icon={<Icon name="plus" />} data-testid="calendar-new" onClick={() => setAdding(true)}>
                {t('calendars.add')}
              </Button>
            </span>
          )}
        </header>
        {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && patience !== 'none' && <Skeleton />}
        {query.isSuccess && rows.length === 0 && <Empty>{t('calendars.empty')}</Empty>}
        <div className="calendars-body">
          <nav className="calendar-list" aria-label={t('calendars.title')} data-testid="calendars">
            {rows.map((calendar) => (
              <button key={calendar.id} type="button" className="calendar-card" aria-current={calendar.id === chosen?.id ? 'true' : undefined} onClick={() => onOpen(calendar.id)}>
                <b className="ellipsis" title={nameOf(calendar)}>
                  {nameOf(calendar)}
                </b>
                <Chip {...lookOf(calendar.now.state)} title={stateText(calendar)}>
                  {stateText(calendar)}
                </Chip>
                <span className="line-minor ellipsis" title={keptBy(calendar)}>
                  {calendar.queues.length > 0 ? `${t('calendars.usedBy')} ${keptBy(calendar)}` : t('calendars.unused')}
                </span>
              </button>
            ))}
          </nav>
          {chosen && (
            <>
              <WeekForm key={chosen.id} calendar={chosen} writes={writes} onGone={() => onOpen(null)} />
              <YearView key={`year-${chosen.id}`} calendar={chosen} writes={writes} />
            </>
          )}
        </div>
      </div>
      {adding && (
        <ThingDialog
          title={t('calendars.add')}
          thing={null}
          english
          renew={['/calendars']}
          testId="calendar"
          onClose={() => setAdding(false)}
          save={async (thing) => {
            const { id } = await api.post<Calendar>('/calendars', thing)
            onOpen(id)
          }}
        />
      )}
    </div>
  )
}
