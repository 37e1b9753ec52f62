import type { Instant } from '@/shared/api/types'

export const sourceKinds = ['csv_folder', 'http_json'] as const

/** Where customers come from by themselves. `precedence`: who is believed when sources differ, the highest first. */
export interface Source {
  id: string
  code: string
  name: string
  kind: (typeof sourceKinds)[number]
  url?: string | null
  folder?: string | null
  schedule: string | null
  precedence: number
  mapping: Record<string, string>
  key: string
  active: boolean
  last_run?: SourceRun | null
}

export interface SourceRun {
  id?: string
  started_at: Instant
  finished_at: Instant | null
  state: string
  source_total: number | null
  ours_total: number | null
  created: number
  updated: number
  unchanged: number
  conflicts: number
  missing: number
  rejected: number
  checksum_equal: boolean | null
  fresh_as_of: Instant | null
}

export interface Conflict {
  id: string
  customer: { id: string; no: string; name: string }
  field: string
  ours: unknown
  theirs: unknown
  source: { id?: string; code?: string; name: string } | string
  at: Instant
}

/** The times people mean: every hour, at night, on working days; as cron has them. */
export const usualSchedules = { hourly: '0 * * * *', nightly: '0 2 * * *', weekdays: '0 6 * * 1-5', quarter: '*/15 * * * *' } as const

export function scheduleName(schedule: string): keyof typeof usualSchedules | null {
  const plain = schedule.trim().replace(/\s+/g, ' ')
  return (Object.entries(usualSchedules).find(([, cron]) => cron === plain)?.[0] as keyof typeof usualSchedules | undefined) ?? null
}

/** Five fields of cron: minute, hour, day, month, weekday. */
export const isCron = (text: string): boolean => /^(\S+\s+){4}\S+$/.test(text.trim()) && text.trim().split(/\s+/).every((part) => /^(\*|\d+(-\d+)?)(\/\d+)?(,(\*|\d+(-\d+)?)(\/\d+)?)*$/.test(part))

/** Whether both sides counted the same and hold the same: the only thing a reconciliation has to say. */
export function agrees(run: SourceRun): boolean {
  return run.source_total !== null && run.source_total === run.ours_total && run.checksum_equal !== false
}

/** Focus after one conflict of a queue is decided: the next one, or the one before at the end. */
export const nextFocus = (index: number, count: number): number => (count <= 1 ? -1 : Math.min(index, count - 2))
