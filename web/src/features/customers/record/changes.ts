import type { Change, CustomerRecord, CustomValue } from '../types'

/** What the form holds, field by field; custom fields are called `custom.<code>`. */
export type Value = CustomValue | string[]
export type Flat = Record<string, Value>

export const custom = 'custom.'

export function flatten(record: CustomerRecord): Flat {
  const flat: Flat = {
    name: record.name,
    kind: record.kind,
    gender: record.gender,
    birth_year: record.birth_year,
    class: record.class,
    manager_id: record.manager?.id ?? null,
    since: record.since,
    // Never sent to the screen whole: empty means as it is.
    id_number: '',
    warnings: record.warnings,
    tags: record.tags,
  }
  for (const [code, value] of Object.entries(record.custom)) flat[custom + code] = value
  return flat
}

/** Nothing at all: there is no telling null, an empty text and an empty list apart on the screen. */
export const blank = (value: unknown): boolean => value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

export function same(a: Value | undefined, b: Value | undefined): boolean {
  if (blank(a) && blank(b)) return true
  return JSON.stringify(a) === JSON.stringify(b)
}

export const changedFields = (base: Flat, now: Flat): string[] =>
  [...new Set([...Object.keys(base), ...Object.keys(now)])].filter((field) => !same(base[field], now[field]))

/** A field that both have changed, and differently. */
export interface Collision {
  field: string
  mine: Value | undefined
  theirs: Value | undefined
}

/** What another's change in between means for mine: changes that do not touch each other simply go together. */
export function meet(base: Flat, mine: Flat, theirs: Flat): { form: Flat; collisions: Collision[]; taken: string[] } {
  const myChanges = changedFields(base, mine)
  const form: Flat = { ...theirs }
  const collisions: Collision[] = []
  for (const field of myChanges) {
    if (!same(base[field], theirs[field]) && !same(mine[field], theirs[field])) collisions.push({ field, mine: mine[field], theirs: theirs[field] })
    form[field] = mine[field] ?? null
  }
  const taken = changedFields(base, theirs).filter((field) => !myChanges.includes(field))
  return { form, collisions, taken }
}

/** The body of the change: only what differs, empty texts as nothing. */
export function patchOf(base: Flat, form: Flat): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  const own: Record<string, unknown> = {}
  for (const field of changedFields(base, form)) {
    const value = form[field]
    const sent = typeof value === 'string' ? value.trim() || null : (value ?? null)
    if (field.startsWith(custom)) own[field.slice(custom.length)] = sent
    else if (field === 'id_number' && sent === null) continue
    else body[field] = sent
  }
  if (Object.keys(own).length > 0) body.custom = own
  return body
}

/** Who last changed a field after the moment one began to write. */
export function changedBy(history: readonly Change[], field: string, since: string): Change | undefined {
  const from = Date.parse(since)
  const names = field === 'manager_id' ? ['manager_id', 'manager'] : [field]
  return history
    .filter((entry) => Date.parse(entry.at) > from && entry.changes.some((change) => names.includes(change.field)))
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0]
}

/** What is wrong with the form: keys of texts, by field. */
export function check(form: Flat, required: readonly string[], thisYear: number): Record<string, string> {
  const errors: Record<string, string> = {}
  if (!String(form.name ?? '').trim()) errors.name = 'create.nameMissing'
  const year = form.birth_year
  if (year !== null && year !== undefined && year !== '' && !(Number(year) >= 1850 && Number(year) <= thisYear)) errors.birth_year = 'customers.edit.birthYearWrong'
  if (typeof form.id_number === 'string' && form.id_number.trim() && !/^[0-9A-Za-z]{6,30}$/.test(form.id_number.trim())) errors.id_number = 'customers.edit.idNumberWrong'
  for (const code of required) if (blank(form[custom + code])) errors[custom + code] = 'customers.edit.required'
  return errors
}
