import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Calendar, CalendarDay, YearOfDays } from '@/shared/api/queues'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { serverNow } from '@/shared/time/clock'
import { DayDialog } from './DayDialog'
import { dayAfter, lookOfDay, monthsOf, spansText, weekdays } from './days'

const first_year = 1950
const last_year = 2100
const legend = ['week', 'free', 'holiday', 'makeup', 'special'] as const
const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

/** Today where the calendar is. */
const todayIn = (zone: string): string => new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(serverNow())

/** A year at a glance: what is open, holiday, made up for, or a day of one's own; a day opens to be set. */
export function YearView({ calendar, writes }: { calendar: Calendar; writes: boolean }) {
  const { t, i18n } = useTranslation()
  const today = todayIn(calendar.timezone)
  const [year, setYear] = useState(Number(today.slice(0, 4)))
  const [chosen, setChosen] = useState<string | null>(null)
  // One day is in the order of the Tab key; the arrows go on from it.
  const [here, setHere] = useState(today)
  const moved = useRef(false)
  const box = useRef<HTMLDivElement>(null)
  const query = useQuery({
    queryKey: ['/calendars', 'days', calendar.id, year],
    queryFn: ({ signal }) => api.get<YearOfDays>(`/calendars/${calendar.id}/days`, { year }, signal),
    placeholderData: (before) => (before && before.year === year ? before : undefined),
    staleTime: 10_000,
  })
  const patience = usePatience(query.isPending)
  const days = query.data?.items ?? []
  const english = i18n.language === 'en'
  const own = days.filter(({ special }) => special !== null)
  const stop = here.startsWith(`${year}-`) ? here : `${year}-01-01`

  useEffect(() => {
    if (!moved.current) return
    const button = box.current?.querySelector<HTMLElement>(`[data-date="${here}"]`)
    if (!button) return
    moved.current = false
    button.focus()
  }, [here, query.data])

  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const by = steps[event.key]
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const next = dayAfter(stop, by)
    const there = Number(next.slice(0, 4))
    if (there < first_year || there > last_year) return
    moved.current = true
    setYear(there)
    setHere(next)
  }
  const nameOf = (day: Pick<CalendarDay, 'name' | 'name_en'>) => (english && day.name_en) || day.name
  const month = (number: number) => (english ? new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2026, number, 1))) : t('calendars.month', { month: number + 1 }))
  const words = ({ date, spans, ...day }: CalendarDay) => {
    const [, monthOf, dayOf] = date.split('-').map(Number) as [number, number, number]
    const weekday = t(`calendars.weekday.${(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7}`)
    return [t('calendars.date', { year: date.slice(0, 4), month: month(monthOf - 1), day: dayOf }), weekday, nameOf(day), spansText(spans, t('calendars.allDay'), t('calendars.rest'))].filter(Boolean).join(' ')
  }
  return (
    <section className="year" aria-label={`${t('calendars.year')} ${year}`} data-testid="calendar-year">
      <header className="year-head">
        <button type="button" className="icon-button" disabled={year <= first_year} aria-label={t('calendars.before')} title={t('calendars.before')} onClick={() => setYear(year - 1)}>
          <Icon name="chevronLeft" />
        </button>
        <h3>{year}</h3>
        <button type="button" className="icon-button" disabled={year >= last_year} aria-label={t('calendars.after')} title={t('calendars.after')} onClick={() => setYear(year + 1)}>
          <Icon name="chevronRight" />
        </button>
        <span className="legend">
          {legend.map((look) => (
            <span key={look} className="legend-one">
              <i className={`day day-${look}`} aria-hidden="true">
                8
              </i>
              {t(`calendars.legend.${look}`)}
            </span>
          ))}
        </span>
      </header>
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && patience !== 'none' && <Skeleton rows={6} />}
      {query.data && !query.data.announced && (
        <p className="year-note">
          <Icon name="info" size={14} /> {t('calendars.notAnnounced', { year })}
        </p>
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the day within has the focus */}
      <div ref={box} className="months" onKeyDown={walk}>
        {days.length > 0 &&
          monthsOf(days).map((cells, number) => (
            // Twelve months, always the same.
            // oxlint-disable-next-line react/no-array-index-key
            <div key={number} className="month" role="group" aria-label={month(number)}>
              <h4>{month(number)}</h4>
              <div className="month-days">
                {weekdays.map((day) => (
                  <span key={day} className="month-weekday" aria-hidden="true">
                    {t(`calendars.short.${day}`)}
                  </span>
                ))}
                {cells.map((day, at) =>
                  day ? (
                    <button
                      key={day.date}
                      type="button"
                      data-date={day.date}
                      className={`day day-${lookOfDay(day)}${day.date === today ? ' day-today' : ''}`}
                      tabIndex={day.date === stop ? 0 : -1}
                      aria-label={words(day)}
                      aria-current={day.date === today ? 'date' : undefined}
                      title={words(day)}
                      onFocus={() => setHere(day.date)}
                      onClick={() => setChosen(day.date)}
                    >
                      {Number(day.date.slice(8))}
                    </button>
                  ) : (
                    // oxlint-disable-next-line react/no-array-index-key
                    <span key={`blank-${at}`} />
                  ),
                )}
              </div>
            </div>
          ))}
      </div>
      <h3 className="year-own">{t('calendars.days')}</h3>
      {query.isSuccess && own.length === 0 && <Empty>{t('calendars.noDays')}</Empty>}
      <div className="lines" data-testid="calendar-own-days">
        {own.map((day) => (
          <button key={day.date} type="button" className="line own-day" onClick={() => setChosen(day.date)}>
            <span className="own-date">{day.date.slice(5)}</span>
            <span className="line-name ellipsis">{nameOf(day) || t('calendars.legend.special')}</span>
            <span className="muted">
              {day.special?.kind === 'weekday' && day.follows !== null ? `${t('calendars.likeDay', { day: t(`calendars.weekday.${day.follows}`) })} ` : ''}
              {spansText(day.spans, t('calendars.allDay'), t('calendars.rest'))}
            </span>
          </button>
        ))}
      </div>
      {chosen && days.length > 0 && <DayDialog key={chosen} calendar={calendar} day={days.find(({ date }) => date === chosen)} title={words(days.find(({ date }) => date === chosen) ?? (days[0] as CalendarDay))} writes={writes} onClose={() => setChosen(null)} />}
    </section>
  )
}
