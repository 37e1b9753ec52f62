/** What differs in a node, in words: of choices, cases and values only those that differ, nodes by their names. */
import type { FieldChange, FlowDocument, SayItem } from './types'
import { nameOf, saidOf, type Words } from './words'

export interface Difference {
  id: string
  name: string
  one: string
  other: string
}

type Parts = Record<string, unknown>
const leads = new Set(['next', 'failed', 'silence', 'otherwise', 'open', 'closed', 'holiday', 'locked', 'unknown', 'none', 'start', 'error'])
const isParts = (value: unknown): value is Parts => typeof value === 'object' && value !== null

/** Whether it can be shown part by part: both sides have parts, or one of them has none at all. */
const divides = (one: unknown, other: unknown): boolean => (isParts(one) || isParts(other)) && (isParts(one) || one === null || one === undefined) && (isParts(other) || other === null || other === undefined)

export function differences(fields: readonly FieldChange[], document: FlowDocument, words: Words): Difference[] {
  return fields.flatMap((field) => differing(field.name, [field.name.replace('handlers.', '')], field.one, field.other, document, words))
}

function differing(id: string, path: readonly string[], one: unknown, other: unknown, document: FlowDocument, words: Words): Difference[] {
  const field = path.at(-1) ?? ''
  if (path[0] !== 'at' && !['say', 'wrong', 'no_input', 'no_match', 'words'].includes(field) && divides(one, other)) {
    const [left, right] = [(one ?? {}) as Parts, (other ?? {}) as Parts]
    return [...new Set([...Object.keys(left), ...Object.keys(right)])]
      .filter((part) => JSON.stringify(left[part]) !== JSON.stringify(right[part]))
      .flatMap((part) => differing(`${id}.${part}`, [...path, part], left[part], right[part], document, words))
  }
  return [{ id, name: nameOfField(path, words), one: shown(field, one, document, words), other: shown(field, other, document, words) }]
}

function nameOfField(path: readonly string[], { t }: Words): string {
  const [first = '', second, third] = path
  const word = (name: string) => t(`flows.field.${name}`, { defaultValue: name })
  if (second === undefined) return word(first)
  if (first === 'choices') return third ? `${second} ${t(`flows.panel.${third === 'next' ? 'leadsTo' : third}`)}` : second
  if (first === 'cases') return third && third !== 'next' ? `${t('flows.panel.cases')} ${Number(second) + 1}` : `${t('flows.panel.cases')} ${Number(second) + 1} ${t('flows.panel.leadsTo')}`
  return first === 'handlers' ? word(second) : second
}

function shown(field: string, value: unknown, document: FlowDocument, words: Words): string {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'boolean') return words.t(value ? 'flows.panel.yes' : 'flows.panel.no')
  if (typeof value === 'string') return leads.has(field) ? nameOf(document.nodes[value], value, words) : field === 'queue' ? words.queue(value) : value
  if (Array.isArray(value)) return value.map((one: unknown) => (typeof one === 'number' ? String(one) : isSaid(one) ? said(one, words) : JSON.stringify(one))).join(field === 'at' ? ', ' : ' · ')
  const text = JSON.stringify(value)
  return text.length > 160 ? `${text.slice(0, 159)}…` : text
}

const isSaid = (value: unknown): value is SayItem => typeof value === 'string' || isParts(value)

function said(item: SayItem, words: Words): string {
  const { kind, text } = saidOf(item)
  return kind === 'prompt' ? words.prompt(text) : `${words.t(`flows.spoken.${kind}`)} ${text}`
}
