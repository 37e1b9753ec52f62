import type { BusinessKind } from '@/shared/api/businesses'
import type { Values } from '@/shared/drafts/model'

/** One field of a form, as the kind's JSON Schema describes it. */
export interface FieldSchema {
  title: string
  'x-title-en': string
  'x-field': 'text' | 'textarea' | 'number' | 'money' | 'date' | 'choice' | 'choices' | 'phone' | 'address' | 'checkbox'
  'x-prefill'?: string
  'x-labels'?: Record<string, [string, string]>
  /** First day that can be chosen, in days from today. */
  'x-earliest'?: number
  enum?: string[]
  items?: { enum?: string[] }
  minLength?: number
  maxLength?: number
  pattern?: string
  minimum?: number
  maximum?: number
  const?: unknown
}

interface Condition {
  if: { properties: Record<string, { enum?: unknown[]; const?: unknown }> }
  then: { required?: string[]; properties?: Record<string, unknown> }
}

export interface FormSchema {
  properties: Record<string, FieldSchema>
  'x-order': string[]
  required: string[]
  allOf?: Condition[]
}

export interface NamedField {
  name: string
  field: FieldSchema
  required: boolean
}

export const formOf = (kind: BusinessKind): FormSchema => kind.form as unknown as FormSchema

const met = (condition: Condition, values: Values): boolean =>
  Object.entries(condition.if.properties).every(([name, wanted]) =>
    wanted.enum ? wanted.enum.includes(values[name]) : values[name] === wanted.const,
  )

/** The fields to be shown with these values, in their order: what only a condition asks for waits for it. */
export function fieldsOf(form: FormSchema, values: Values): NamedField[] {
  const conditions = form.allOf ?? []
  const about = (condition: Condition) => [...Object.keys(condition.then.properties ?? {}), ...(condition.then.required ?? [])]
  const hidden = new Set(conditions.flatMap(about))
  const required = new Set(form.required)
  for (const condition of conditions) {
    if (!met(condition, values)) continue
    for (const name of about(condition)) hidden.delete(name)
    for (const name of condition.then.required ?? []) required.add(name)
  }
  return form['x-order'].flatMap((name) => {
    const field = form.properties[name]
    return field && !hidden.has(name) ? [{ name, field, required: required.has(name) }] : []
  })
}

export const titleOf = (field: FieldSchema, language: string): string => (language === 'en' && field['x-title-en']) || field.title
export const nameOf = (kind: { name: string; name_en: string }, language: string): string => (language === 'en' && kind.name_en) || kind.name
export const labelOf = (field: FieldSchema, code: string, language: string): string => field['x-labels']?.[code]?.[language === 'en' ? 1 : 0] ?? code

export const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0)

/** What is sent: the shown fields that say something. */
export function answersOf(form: FormSchema, values: Values): Values {
  return Object.fromEntries(fieldsOf(form, values).flatMap(({ name }) => (isEmpty(values[name]) ? [] : [[name, tidy(values[name])]])))
}

const tidy = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value)
