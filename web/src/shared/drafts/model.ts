/** A form's values by field; what is empty is not there. */
export type Values = Readonly<Record<string, unknown>>

export interface Writer {
  id: string
  number: string | null
  name: string
}

/** One half-filled form of a contact, as this page has it. */
export interface Draft {
  id: string
  interaction: string
  form: string
  values: Values
  /** What the centre had when it was last heard of; differs from `values` by what was typed since. */
  base: Values
  /** That the centre gave it; 0 while it knows nothing of it. */
  version: number
  dirty: boolean
  /** Local milliseconds of the last key, of the last time the centre took it. */
  at: number
  savedAt: number | null
  by: Writer | null
  /** Fields a colleague wrote last, with their name. */
  others: Readonly<Record<string, string>>
}

/** What a draft's address and its tenant come from. */
export interface Contact {
  id: string
  tenant: { id: string }
}

export const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** Field by field: what was changed here since `base` stays, all else is as they have it. */
export function merge(base: Values, mine: Values, theirs: Values): Values {
  const merged: Record<string, unknown> = {}
  for (const field of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const value = same(mine[field], base[field]) ? theirs[field] : mine[field]
    if (value !== undefined) merged[field] = value
  }
  return merged
}

/** The fields of `after` that differ from `before`. */
export const changed = (before: Values, after: Values): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((field) => !same(before[field], after[field]))
