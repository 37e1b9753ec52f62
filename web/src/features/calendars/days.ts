import type { Calendar, CalendarDay, Span } from '@/shared/api/queues'
import type { IconName } from '@/shared/ui/icons'
import type { Tone } from '@/shared/ui/parts'

export const weekdays = [0, 1, 2, 3, 4, 5, 6] as const
export const all_day: Span = ['00:00', '24:00']
export const most_spans = 6

/** Open, closed or holiday: colour and shape; the word is the caller's. */
export const lookOf = (state: Calendar['now']['state']): { tone: Tone; icon: IconName } =>
  ({ open: { tone: 'ok', icon: 'checkCircle' }, closed: { tone: 'neutral', icon: 'moon' }, holiday: { tone: 'violet', icon: 'calendar' } }) [state] as { tone: Tone; icon: IconName }

const minute = (text: string): number | null => {
  const match = /^(\d{2}):([0-5]\d)$/.exec(text)
  if (!match) return null
  const value = Number(match[1]) * 60 + Number(match[2])
  return value <= 1440 ? value : null
}

/** Whether a day's hours can be: real times, each end after its beginning, apart from each other. */
export function spansFit(spans: readonly Span[]): boolean {
  const minutes = spans.map(([from, to]) => [minute(from), minute(to)] as const).toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))
  return minutes.every(([from, to], at) => from !== null && to !== null && from < to && (at === 0 || from > (minutes[at - 1]?.[1] ?? 0)))
}

/** `8:30`, `830` and `8` as people type them, written as the centre reads them; what is no time stays as it is. */
export function tidyTime(text: string): string {
  const plain = text.trim().replace('：', ':').replace('.', ':')
  const match = /^(\d{1,2})(?::?(\d{2}))?$/.exec(plain)
  return match ? `${match[1]?.padStart(2, '0')}:${match[2] ?? '00'}` : plain
}

/** Hours to begin with when another stretch is added: after the last one, or those of an office. */
export function nextSpan(spans: readonly Span[]): Span {
  const last = spans.at(-1)
  const end = last ? minute(last[1]) : null
  if (end === null) return ['09:00', '18:00']
  const clock = (value: number) => `${String(Math.floor(value / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`
  const from = Math.min(end + 60, 1410)
  return [clock(from), clock(Math.min(from + 240, 1440))]
}

export const isAllDay = (spans: ReadonlyArray<readonly string[]>): boolean => spans.length === 1 && spans[0]?.[0] === '00:00' && spans[0]?.[1] === '24:00'

export const spansText = (spans: ReadonlyArray<readonly string[]>, allDay: string, rest: string): string =>
  spans.length === 0 ? rest : isAllDay(spans) ? allDay : spans.map(([from, to]) => `${from}–${to}`).join(' ')

/** The months of a year, each as weeks from Monday; days of other months are left blank. */
export function monthsOf(days: readonly CalendarDay[]): Array<Array<CalendarDay | null>> {
  const months: Array<Array<CalendarDay | null>> = Array.from({ length: 12 }, () => [])
  for (const day of days) {
    const cells = months[Number(day.date.slice(5, 7)) - 1]
    if (!cells) continue
    if (cells.length === 0) cells.push(...Array.from({ length: (new Date(`${day.date}T00:00:00Z`).getUTCDay() + 6) % 7 }, () => null))
    cells.push(day)
  }
  return months
}

export type DayLook = 'week' | 'free' | 'holiday' | 'makeup' | 'special'

export const lookOfDay = (day: CalendarDay): DayLook => (day.kind === 'week' ? (day.spans.length > 0 ? 'week' : 'free') : day.kind)

/** The date so many days on. */
export function dayAfter(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + days)
  return at.toISOString().slice(0, 10)
}

/** 11-23 09:00, in English 23 Nov 09:00, as clocks show it where the calendar is. */
export function timeIn(zone: string, at: string, language: string): string {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-GB', { timeZone: zone, month: language === 'en' ? 'short' : '2-digit', day: language === 'en' ? 'numeric' : '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(new Date(at)).map(({ type, value }) => [type, value]))
  const clock = `${parts['hour']}:${parts['minute']}`
  return language === 'en' ? `${parts['day']} ${parts['month']} ${clock}` : `${parts['month']}-${parts['day']} ${clock}`
}
