import type { Route, RouteShare } from '@/shared/api/telephony'

type Translate = (key: string, options?: Record<string, unknown>) => string
export type Hours = NonNullable<Route['hours']>

/** In the order of trying; those of one priority share the calls by their weights. */
export const inOrder = (shares: readonly RouteShare[]): RouteShare[] => shares.toSorted((a, b) => a.priority - b.priority || b.weight - a.weight)

/** `电信 → 联通 60% + 移动 40%`: an arrow where the next is only tried when those before fail. */
export function sharesText(route: Pick<Route, 'trunks'>, names: ReadonlyMap<string, string>, t: Translate): string {
  const shares = inOrder(route.trunks)
  if (shares.length === 0) return t('tel.routes.allTrunks')
  const stages = new Map<number, RouteShare[]>()
  for (const share of shares) stages.set(share.priority, [...(stages.get(share.priority) ?? []), share])
  return [...stages.values()]
    .map((stage) => {
      const whole = stage.reduce((sum, { weight }) => sum + (weight), 0)
      return stage.map((share) => `${names.get(share.trunk_id) ?? '?'}${stage.length > 1 ? ` ${Math.round((share.weight / whole) * 100)}%` : ''}`).join(' + ')
    })
    .join(' → ')
}

/** Days as stretches: 1 is Monday. */
export function hoursText({ days, opens, closes }: Hours, t: Translate): string {
  const sorted = [...new Set(days)].toSorted((a, b) => a - b)
  const stretches: number[][] = []
  for (const day of sorted) {
    const last = stretches.at(-1)
    if (last && last.at(-1) === day - 1) last.push(day)
    else stretches.push([day])
  }
  const name = (day: number | undefined) => t(`tel.routes.day.${day}`)
  const text = stretches.map((stretch) => (stretch.length > 2 ? `${name(stretch[0])}–${name(stretch.at(-1))}` : stretch.map(name).join(' '))).join(' ')
  return `${sorted.length === 7 ? t('tel.routes.daily') : text} ${opens}–${closes}`
}

/** Move one of them so that it is tried at another place; each then has a priority of its own. */
export function moved(shares: readonly RouteShare[], from: number, to: number): RouteShare[] {
  const next = [...shares]
  const [one] = next.splice(from, 1)
  if (!one) return next
  next.splice(Math.max(0, Math.min(next.length, to)), 0, one)
  return next.map((share, index) => ({ ...share, priority: index + 1 }))
}

export const clockFits = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text)
