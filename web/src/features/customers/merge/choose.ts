import type { CustomerRecord } from '../types'
import { custom, flatten, same, type Flat, type Value } from '../record/changes'

export type Side = 'keep' | 'drop'
export type Choice = Record<string, Side>

/** Lists of both are kept whole: nobody loses a number, an address or a contact by a merge. */
export const joined = ['warnings', 'tags'] as const

/** Fields that are one value and not a list, in the order they are compared; custom ones last. */
export function singleFields(a: CustomerRecord, b: CustomerRecord): string[] {
  const own = [...new Set([...Object.keys(a.custom), ...Object.keys(b.custom)])].toSorted().map((code) => custom + code)
  return ['name', 'kind', 'gender', 'birth_year', 'class', 'manager_id', 'since', 'id_number', ...own]
}

/** What is compared of a record; the id number only as it is shown. */
export function comparable(record: CustomerRecord): Flat {
  return { ...flatten(record), id_number: record.id_number_masked }
}

const empty = (value: Value | undefined) => value === undefined || value === null || value === ''

/** The kept one's word stands, except where it has nothing to say; of two dates the older one is since when we know them. */
export function suggest(keep: CustomerRecord, drop: CustomerRecord): Choice {
  const a = comparable(keep)
  const b = comparable(drop)
  const choice: Choice = {}
  for (const field of singleFields(keep, drop)) {
    const older = field === 'since' && typeof a.since === 'string' && typeof b.since === 'string' && b.since < a.since
    const better = field === 'class' && a.class === 'normal' && b.class !== 'normal'
    choice[field] = (empty(a[field]) && !empty(b[field])) || older || better ? 'drop' : 'keep'
  }
  return choice
}

/** Fields in which the two differ: only these need a choice. */
export const differing = (keep: CustomerRecord, drop: CustomerRecord): string[] => {
  const a = comparable(keep)
  const b = comparable(drop)
  return singleFields(keep, drop).filter((field) => !same(a[field], b[field]))
}

/** What the one record will be. */
export function result(keep: CustomerRecord, drop: CustomerRecord, choice: Choice): Flat {
  const a = comparable(keep)
  const b = comparable(drop)
  const merged: Flat = {}
  for (const field of singleFields(keep, drop)) merged[field] = (choice[field] === 'drop' ? b[field] : a[field]) ?? null
  for (const field of joined) merged[field] = [...new Set([...keep[field], ...drop[field]])]
  return merged
}

/** Four steps from "weak" to "very likely"; the score is up to 100. */
export function likelihood(score: number): 1 | 2 | 3 | 4 {
  return score >= 85 ? 4 : score >= 60 ? 3 : score >= 40 ? 2 : 1
}
