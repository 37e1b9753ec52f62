import type { components } from '@/shared/api/generated'

type Schemas = components['schemas']

export type Source = Schemas['Source']
export type SourceRun = Schemas['Run']
export type Conflict = Schemas['ConflictItem']

export const sourceKinds = ['csv_folder', 'http_json'] as const

export const usualTimes = ['quarter', 'hourly', 'nightly', 'weekdays'] as const
type UsualTime = (typeof usualTimes)[number]

/**
 * The times people mean, as cron has them in UTC: every quarter of an hour, every hour, at 02:00 and on working days at
 * 06:00 of the clock on the wall. `offset` is what to add to local time for UTC, in minutes (-480 in China).
 */
export function cronOf(time: UsualTime, offset: number = new Date().getTimezoneOffset()): string {
  if (time === 'quarter') return '*/15 * * * *'
  if (time === 'hourly') return '0 * * * *'
  const local = time === 'nightly' ? 2 * 60 : 6 * 60
  const minutes = local + offset
  const day = Math.floor(minutes / 1_440)
  const rest = minutes - day * 1_440
  // Working days begin on another day in UTC: Monday 06:00 in China is Sunday 22:00.
  const days = time === 'nightly' ? '*' : `${1 + day}-${5 + day}`
  return `${rest % 60} ${Math.floor(rest / 60)} * * ${days}`
}

export function scheduleName(schedule: string, offset: number = new Date().getTimezoneOffset()): UsualTime | null {
  const plain = schedule.trim().replace(/\s+/g, ' ')
  return usualTimes.find((time) => cronOf(time, offset) === plain) ?? null
}

/** Five fields of cron: minute, hour, day, month, weekday. */
export const isCron = (text: string): boolean => /^(\S+\s+){4}\S+$/.test(text.trim()) && text.trim().split(/\s+/).every((part) => /^(\*|\d+(-\d+)?)(\/\d+)?(,(\*|\d+(-\d+)?)(\/\d+)?)*$/.test(part))

/** Whether both sides have the same records, save those of people who were erased here: they are not missing. */
export const countsAgree = (run: SourceRun): boolean => run.source_total !== null && run.ours_total !== null && run.missing === 0 && run.ours_total <= run.source_total

/** Whether both sides counted the same and hold the same: the only thing a reconciliation has to say. */
export const agrees = (run: SourceRun): boolean => countsAgree(run) && run.checksum_equal !== false

/** Focus after one conflict of a queue is decided: the next one, or the one before at the end. */
export const nextFocus = (index: number, count: number): number => (count <= 1 ? -1 : Math.min(index, count - 2))
