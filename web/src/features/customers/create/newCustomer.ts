import type { NewCustomer } from '@/shared/api/types'
import { dialable } from '@/shared/format/phone'

/** What is known of somebody new; the desk asks for the first four, the customers page for all. */
export interface Form {
  name: string
  phones: string
  gender: '' | 'female' | 'male'
  address: string
  kind?: 'person' | 'company'
  class?: string
  emails?: string
}

export type Errors = Partial<Record<keyof Form, string>>

const parts = (text: string): string[] =>
  text
    .split(/[、,，;；\n]/)
    .map((one) => one.trim())
    .filter(Boolean)
export const numbers = (text: string): string[] => parts(text).map(dialable).filter(Boolean)

export function check(form: Form): Errors {
  const errors: Errors = {}
  if (!form.name.trim()) errors.name = 'create.nameMissing'
  const given = numbers(form.phones)
  if (given.length === 0) errors.phones = 'create.phoneMissing'
  else if (given.some((one) => one.replace('+', '').length < 7)) errors.phones = 'create.phoneShort'
  if (parts(form.emails ?? '').some((one) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(one))) errors.emails = 'customers.create.emailWrong'
  return errors
}

/** What the centre is sent: nothing that was left empty. */
export function bodyOf(form: Form): NewCustomer {
  const body: NewCustomer & { kind?: string; class?: string; emails?: string[] } = { name: form.name.trim(), phones: numbers(form.phones) }
  if (form.gender && form.kind !== 'company') body.gender = form.gender
  if (form.address.trim()) body.address = form.address.trim()
  if (form.kind) body.kind = form.kind
  if (form.class) body.class = form.class
  const emails = parts(form.emails ?? '')
  if (emails.length > 0) body.emails = emails
  return body
}
