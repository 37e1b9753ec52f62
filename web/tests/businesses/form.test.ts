import { describe, expect, it } from 'vitest'

import { dayFrom, plainValues, wrongsOf } from '@/features/businesses/form/check'
import { prefilled } from '@/features/businesses/form/prefill'
import { answersOf, fieldsOf, type FieldSchema, type FormSchema } from '@/features/businesses/form/schema'

const now = new Date(2026, 10, 23, 10, 0).getTime()
const field = (kind: FieldSchema['x-field'], more: Partial<FieldSchema> = {}): FieldSchema => ({ title: kind, 'x-title-en': kind, 'x-field': kind, ...more })

const form: FormSchema = {
  properties: {
    wish: field('choice', { enum: ['explain', 'refund'] }),
    to: field('choice', { enum: ['balance', 'original'] }),
    amount: field('money', { minimum: 0, maximum: 100 }),
    date: field('date', { 'x-earliest': 1 }),
    phone: field('phone', { pattern: '^\\+?[0-9]{3,20}$', 'x-prefill': 'customer.phone' }),
    agreed: field('checkbox', { const: true }),
    remark: field('textarea', { maxLength: 5 }),
  },
  'x-order': ['wish', 'to', 'amount', 'date', 'phone', 'agreed', 'remark'],
  required: ['wish', 'amount', 'phone', 'agreed'],
  // As it comes from the centre: an object with a `then` is made in no other way here.
  allOf: JSON.parse('[{ "if": { "properties": { "wish": { "enum": ["refund"] } } }, "then": { "required": ["to"], "properties": { "to": true } } }]') as FormSchema['allOf'],
}
const right = { wish: 'explain', amount: 48.6, phone: '13800000001', agreed: true }

describe('the form of a business', () => {
  it('shows what only a condition asks for when it is met, in its place', () => {
    expect(fieldsOf(form, {}).map(({ name }) => name)).toEqual(['wish', 'amount', 'date', 'phone', 'agreed', 'remark'])
    const shown = fieldsOf(form, { wish: 'refund' })
    expect(shown.slice(0, 2).map(({ name, required }) => [name, required])).toEqual([['wish', true], ['to', true]])
  })

  it('begins with what the system knows', () => {
    expect(prefilled(form, { 'customer.phone': '13800000001', 'customer.name': '王芳' })).toEqual({ phone: '13800000001' })
  })

  it('that is right has nothing wrong', () => expect(wrongsOf(form, right, now)).toEqual({}))

  it('says what is missing', () => {
    expect(wrongsOf(form, {}, now)).toEqual({ wish: { rule: 'required' }, amount: { rule: 'required' }, phone: { rule: 'required' }, agreed: { rule: 'const' } })
    expect(wrongsOf(form, { ...right, wish: 'refund' }, now)).toEqual({ to: { rule: 'required' } })
  })

  it('offers what would be right', () => {
    const repairs = (values: object) => Object.fromEntries(Object.entries(wrongsOf(form, { ...right, ...values }, now)).map(([name, { repair }]) => [name, repair]))
    expect(repairs({ date: '2026-11-20' })).toEqual({ date: '2026-11-24' })
    expect(repairs({ amount: 4860 })).toEqual({ amount: 100 })
    expect(repairs({ amount: 1.005 })).toEqual({ amount: 1 })
    expect(repairs({ amount: '¥ 48.6' })).toEqual({ amount: 48.6 })
    expect(repairs({ phone: '138-0000-0001' })).toEqual({ phone: '13800000001' })
    expect(repairs({ remark: '一二三四五六' })).toEqual({ remark: '一二三四五' })
    expect(repairs({ phone: '没有' })).toEqual({ phone: undefined })
  })

  it('sends what is shown and says something', () => {
    expect(answersOf(form, { ...right, to: 'balance', remark: ' 好 ', agreed: false })).toEqual({ wish: 'explain', amount: 48.6, phone: '13800000001', remark: '好' })
  })

  it('knows days of this place', () => expect(dayFrom(now, 1)).toBe('2026-11-24'))
})

describe('what is typed for the eye', () => {
  it('becomes what the form wants', () => {
    expect(plainValues(form, { phone: '138 0000-0001', amount: '¥ 1,048.6', remark: '1 2' })).toEqual({ phone: '13800000001', amount: 1048.6, remark: '1 2' })
    const as_is = { phone: '没有', amount: 'viel' }
    expect(plainValues(form, as_is)).toBe(as_is)
  })
})
