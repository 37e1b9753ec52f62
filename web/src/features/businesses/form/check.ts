import { dialable } from '@/shared/format/phone'
import type { Values } from '@/shared/drafts/model'
import { fieldsOf, isEmpty, type FieldSchema, type FormSchema } from './schema'

/** What is wrong with a field: the rule by the schema's name for it, what its words need, and what would be right. */
export interface Wrong {
  rule: string
  with?: string | number
  repair?: string | number | boolean
}

export type Wrongs = Readonly<Record<string, Wrong>>

const day_ms = 86_400_000

/** A day of this place as 2026-11-20, so many days from now. */
export function dayFrom(now: number, days: number): string {
  const date = new Date(now + days * day_ms)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** What people write for the eye as the form wants it: nobody is asked to take gaps out of numbers. */
export function plain(field: FieldSchema, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (field['x-field'] === 'phone') return /^[+\d][\d\s-]*$/.test(value) ? dialable(value) : value
  if (field['x-field'] !== 'number' && field['x-field'] !== 'money') return value
  const digits = value.replace(/[,，¥￥\s]/g, '')
  return digits !== '' && Number.isFinite(Number(digits)) ? Number(digits) : value
}

/** All of a form as it wants it; the same object when it was so already. */
export function plainValues(form: FormSchema, values: Values): Values {
  const changed = Object.entries(form.properties).flatMap(([name, field]) => {
    const better = plain(field, values[name])
    return better === values[name] ? [] : [[name, better] as const]
  })
  return changed.length > 0 ? { ...values, ...Object.fromEntries(changed) } : values
}

/** Check one field; null when it is right. */
export function wrongOf(field: FieldSchema, required: boolean, value: unknown, now: number): Wrong | null {
  if (isEmpty(value)) {
    if (!required) return null
    return field.const === true ? { rule: 'const' } : { rule: 'required' }
  }
  switch (field['x-field']) {
    case 'number':
    case 'money':
      return wrongNumber(field, value)
    case 'date':
      return wrongDate(field, value, now)
    case 'phone':
      return wrongText(field, value, dialable(String(value)))
    case 'choice':
      return field.enum?.includes(String(value)) ? null : { rule: 'enum' }
    default:
      return typeof value === 'string' ? wrongText(field, value) : null
  }
}

function wrongNumber(field: FieldSchema, value: unknown): Wrong | null {
  const decimals = field['x-field'] === 'money' ? 2 : 0
  const given = typeof value === 'number' ? value : Number(String(value).replace(/[,，¥￥\s]/g, ''))
  if (!Number.isFinite(given)) return { rule: 'type' }
  const rounded = Number(given.toFixed(decimals))
  if (field.minimum !== undefined && given < field.minimum) return { rule: 'minimum', with: field.minimum, repair: given < 0 && -rounded >= field.minimum ? -rounded : field.minimum }
  if (field.maximum !== undefined && given > field.maximum) return { rule: 'maximum', with: field.maximum, repair: field.maximum }
  if (rounded !== given) return { rule: 'decimals', with: decimals, repair: rounded }
  return typeof value === 'number' ? null : { rule: 'type', repair: rounded }
}

function wrongDate(field: FieldSchema, value: unknown, now: number): Wrong | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(String(value)) || Number.isNaN(Date.parse(String(value)))) return { rule: 'format' }
  if (field['x-earliest'] === undefined) return null
  const earliest = dayFrom(now, field['x-earliest'])
  return String(value) < earliest ? { rule: 'earliest', with: earliest, repair: earliest } : null
}

function wrongText(field: FieldSchema, value: unknown, better?: string): Wrong | null {
  const text = String(value).trim()
  if (field.maxLength !== undefined && text.length > field.maxLength) return { rule: 'maxLength', with: field.maxLength, repair: text.slice(0, field.maxLength) }
  if (field.minLength !== undefined && text.length < field.minLength) return { rule: field.minLength === 1 ? 'required' : 'minLength', with: field.minLength }
  if (field.pattern === undefined || new RegExp(field.pattern, 'u').test(text)) return null
  const repairs = better !== undefined && better !== text && new RegExp(field.pattern, 'u').test(better)
  return { rule: 'pattern', ...(repairs ? { repair: better } : {}) }
}

/** Check all that is shown, in its order. */
export function wrongsOf(form: FormSchema, values: Values, now: number): Wrongs {
  const wrongs: Record<string, Wrong> = {}
  for (const { name, field, required } of fieldsOf(form, values)) {
    const wrong = wrongOf(field, required, values[name], now)
    if (wrong) wrongs[name] = wrong
  }
  return wrongs
}
