import type { InteractionDocument } from '@/shared/api/types'

type Sorted = Pick<InteractionDocument, 'id' | 'channel' | 'until' | 'started_at'>

/** Calls first, then by the time left, then by age. */
export function ordered<T extends Sorted>(mine: readonly T[]): T[] {
  return mine.toSorted(
    (a, b) =>
      Number(b.channel === 'voice') - Number(a.channel === 'voice') ||
      (a.until ?? '9').localeCompare(b.until ?? '9') ||
      a.started_at.localeCompare(b.started_at) ||
      a.id.localeCompare(b.id),
  )
}

/** The order as it was, with what has gone taken out and what is new at the end: nothing that stays changes places. */
export function kept<T extends { id: string }>(before: readonly string[], now: readonly T[]): T[] {
  const place = new Map(before.map((id, index) => [id, index]))
  return now.toSorted((a, b) => (place.get(a.id) ?? before.length) - (place.get(b.id) ?? before.length))
}
