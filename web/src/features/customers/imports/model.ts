import type { components } from '@/shared/api/generated'

type Schemas = components['schemas']

/** The surest first. */
export const keys = ['no', 'id_number', 'phone', 'account', 'none'] as const
export const onMatches = ['update', 'skip', 'add'] as const

/** An import as the centre keeps it; the counts are of the last run, a trial or not. `rows` is estimated until `rows_exact`. */
export type CustomerImport = Schemas['Import']
export type ImportSummary = Schemas['ImportSummary']
export type ImportError = Schemas['RowError']
export type KeptCustomer = Schemas['Kept']
export type ImportState = CustomerImport['state']

/** What a column can be, in the order people look for it. */
export const targets = [
  'name', 'phone', 'email', 'wechat', 'account', 'id_number', 'kind', 'gender', 'birth_year', 'class', 'manager', 'since', 'no',
  'address.home', 'address.work', 'address.install', 'address.bill', 'tags', 'warnings',
] as const

/** Fields that may be fed by several columns. */
export const several: ReadonlySet<string> = new Set(['phone', 'email', 'wechat', 'account', 'tags', 'warnings'])

export interface Mapping {
  mapping: Record<string, string | null>
  key: (typeof keys)[number]
  on_match: (typeof onMatches)[number]
  class: string | null
}

/** What to begin with: as was said before, else as the centre suggests, with the surest key there is a column for. */
export function beginMapping(one: Pick<CustomerImport, 'columns' | 'sample' | 'mapping' | 'suggested' | 'key' | 'on_match' | 'class'>): Mapping {
  const given = Object.keys(one.mapping).length > 0 ? one.mapping : one.suggested
  const mapping = Object.fromEntries(one.columns.map((column) => [column, given[column] || null]))
  const fields = new Set(Object.values(mapping))
  // A key that some rows lack would refuse them: only a column that is always filled in the sample is proposed.
  const filled = (field: string) =>
    one.columns.some((column, index) => mapping[column] === field && (one.sample ?? []).every((row) => (row[index] ?? '').trim() !== ''))
  const surest = keys.find((candidate) => candidate !== 'none' && fields.has(candidate) && filled(candidate)) ?? 'none'
  const said = Object.keys(one.mapping).length > 0
  return { mapping, key: said ? ((one.key as Mapping['key'] | null) ?? surest) : surest, on_match: (one.on_match as Mapping['on_match'] | null) ?? 'update', class: one.class }
}

/** What is wrong with a mapping: keys of texts, the column at fault where there is one. */
export function checkMapping({ mapping, key }: Mapping): Array<{ text: string; column?: string; field?: string }> {
  const wrong: Array<{ text: string; column?: string; field?: string }> = []
  const seen = new Map<string, string>()
  for (const [column, field] of Object.entries(mapping)) {
    if (!field) continue
    if (seen.has(field) && !several.has(field)) wrong.push({ text: 'customers.imports.twice', column, field })
    seen.set(field, column)
  }
  if (seen.size === 0) wrong.push({ text: 'customers.imports.nothingMapped' })
  if (key !== 'none' && !seen.has(key)) wrong.push({ text: 'customers.imports.keyMissing', field: key })
  if (key === 'none' && !seen.has('name')) wrong.push({ text: 'customers.imports.nameMissing' })
  return wrong
}

export const busy = (state: ImportState): boolean => state === 'checking' || state === 'running' || state === 'undoing'

/** Which of the four steps an import is at. */
export function stepOf(one: Pick<CustomerImport, 'state'>): number {
  switch (one.state) {
    case 'uploaded':
      return 1
    case 'mapped':
    case 'checking':
    case 'checked':
      return 2
    default:
      return 3
  }
}

/** 34.5 MB. */
export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB']
  let value = count
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
