/** Which walks are counted: of which days and which version. */
export interface Period {
  /** Days, or what was chosen by hand. */
  days: 1 | 7 | 30 | 'own'
  /** First and last day (YYYY-MM-DD) of `own`. */
  own: readonly [string, string] | null
  version: number | null
}

export const today: Period = { days: 1, own: null, version: null }
/** The centre counts no more days together. */
export const most_days = 93

/** From when to when, ISO; the end is left open where that is now. */
export function bounds({ days, own }: Period, now: Date): { from: string; to?: string } {
  if (days === 'own' && own) {
    const after = new Date(`${own[1]}T00:00:00`)
    after.setDate(after.getDate() + 1)
    const from = new Date(`${own[0]}T00:00:00`).toISOString()
    return after > now ? { from } : { from, to: after.toISOString() }
  }
  const first = new Date(now)
  first.setHours(0, 0, 0, 0)
  first.setDate(first.getDate() - ((days === 'own' ? 1 : days) - 1))
  return { from: first.toISOString() }
}

const [half_minute, minutes] = [30_000, 300_000]

/** How long what was counted of it holds, ms: what ended does not change, many days hardly do. */
export function recount(period: Period, now: Date): number | false {
  const { from, to } = bounds(period, now)
  if (to) return false
  return now.getTime() - new Date(from).getTime() > 86_400_000 ? minutes : half_minute
}
