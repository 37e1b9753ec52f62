/** Nodes in words: their names, what they do in one line, and the variables known at them. */
import { before } from './document'
import { type Exit, exitsOf } from './kinds'
import { type FlowDocument, type FlowNode, type Kind, type LookUpLine, type SayItem, spoken, type Spoken } from './types'

export interface Words {
  t: (key: string, values?: Record<string, unknown>) => string
  /** What a prompt says, or its name. */
  prompt: (name: string) => string
  /** A queue's name, or its code. */
  queue: (code: string) => string
  /** Another flow's name, or its code. */
  flow: (code: string) => string
}

/** A thing to say: the prompt's name, or how the value is said and the expression. */
export function saidOf(item: SayItem): { kind: 'prompt' | Spoken; text: string } {
  if (typeof item === 'string') return { kind: 'prompt', text: item }
  if ('prompt' in item) return { kind: 'prompt', text: item.prompt }
  const kind = spoken.find((one) => item[one] !== undefined) ?? 'text'
  return { kind, text: item[kind] ?? '' }
}

export function nameOf(node: FlowNode | undefined, name: string, { t }: Pick<Words, 't'>): string {
  return node?.label?.trim() || (node ? t(`flows.kind.${node.kind}`) : name)
}

/** What is asked, in words; one we have no words for by its name. */
export const lookupName = (name: string, { t }: Pick<Words, 't'>): string => t(`flows.lookups.${name.replaceAll('.', '_')}`, { defaultValue: name })

export function exitName(exit: Exit, node: FlowNode, { t }: Pick<Words, 't'>): string {
  if (exit.text !== undefined) {
    const label = node.choices?.[exit.text]?.label
    return exit.id.startsWith('choices.') && label ? `${exit.text} ${label}` : exit.text
  }
  return t(`flows.exit.${exit.id}`)
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The second line of a node. */
export function summary(node: FlowNode, words: Words): string {
  const { t, queue, prompt, flow } = words
  const say = () => {
    const [first] = node.say ?? []
    if (first === undefined) return t('flows.sum.nothingSaid')
    const { kind, text: what } = saidOf(first)
    return kind === 'prompt' ? t('flows.sum.quoted', { text: prompt(what) }) : `${t(`flows.spoken.${kind}`)} ${what}`
  }
  const pairs = (value: unknown) => Object.entries((value ?? {}) as Record<string, string>)
  switch (node.kind) {
    case 'menu': {
      const choices = exitsOf(node).flatMap((exit) => (exit.text === undefined ? [] : [exitName(exit, node, words)]))
      return choices.join(' ')
    }
    case 'collect':
      if (node['as'] === 'amount') return t('flows.sum.amount', { save: text(node.save) })
      return t('flows.sum.collect', { digits: digits(number(node.minimum ?? 1), number(node.maximum)), save: text(node.save) })
    case 'verify':
      return t(node['by'] === 'code' ? 'flows.sum.verifyCode' : 'flows.sum.verify', { digits: digits(number(node.minimum), number(node.maximum)) })
    case 'hours':
      return node.queue ? queue(text(node.queue)) : t('flows.sum.noQueue')
    case 'queue':
      return node.queue ? t('flows.sum.queue', { queue: queue(text(node.queue)) }) : t('flows.sum.noQueue')
    case 'condition':
      return node.cases?.[0]?.when ?? ''
    case 'lookup':
      return node.lookup ? `${lookupName(text(node.lookup), words)} → ${text(node.save)}` : t('flows.sum.noLookup')
    case 'set':
      return pairs(node.values).map(([name, value]) => `${name} = ${value}`).join(' · ')
    case 'language':
      return t(node.language === 'en' ? 'flows.sum.english' : 'flows.sum.chinese')
    case 'rating':
      return t('flows.sum.rating', { most: number(node.maximum) })
    case 'pay':
      return node.amount ? text(node.amount) : t('flows.sum.payCard', { card: text(node.card) || text(node.account) })
    case 'transfer':
      return text(node.to) || t('flows.sum.noNumber')
    case 'flow':
      return node.flow ? t('flows.sum.flow', { flow: flow(text(node.flow)) }) : t('flows.sum.noFlow')
    case 'hangup':
      return t(node.served ? 'flows.sum.served' : 'flows.sum.unserved')
    case 'message':
      return node['template'] ? t('flows.sum.message', { template: t(`flows.template.${text(node['template'])}`, { defaultValue: text(node['template']) }) }) : t('flows.sum.noTemplate')
    case 'record':
      return t('flows.sum.record', { seconds: number(node['maximum_seconds'] ?? 180) })
    case 'callback':
      return (node.say?.length ?? 0) > 0 ? say() : t('flows.sum.callback')
    default:
      return say()
  }
}

const digits = (least: number, most: number): string => (least === most ? String(most) : `${least}–${most}`)

/** What every flow knows from the beginning. */
const given = ['ani', 'dnis', 'match', 'language', 'channel', 'customer', 'customer.id', 'customer.no', 'customer.name', 'customer.class', 'customer.language', 'customer.local']

/** What kinds save that always answer alike. */
const answers: Readonly<Partial<Record<Kind, readonly string[]>>> = { pay: ['ok', 'paid_minor', 'balance_minor', 'reason'], message: ['ok', 'reason'], record: ['seconds'] }

/** Expressions that make sense at a node: what is known from the beginning, and what nodes before it have saved. */
export function variablesAt(document: FlowDocument, name: string, lookups: readonly LookUpLine[]): string[] {
  const known = new Set(given)
  for (const one of before(document, name)) {
    const node = document.nodes[one]
    if (!node) continue
    if (node.kind === 'set') for (const variable of Object.keys((node.values ?? {}) as object)) known.add(variable)
    if (node.kind === 'consent') known.add('consent')
    if (node.kind === 'verify') known.add('verified')
    if (node.kind === 'verify' && node['by'] === 'code') known.add('code')
    if (typeof node.save !== 'string' || node.save === '') continue
    known.add(node.save)
    const answer = answers[node.kind] ?? (lookups.find((line) => line.name === node.lookup)?.answer ?? [])
    if (node.kind in answers || node.kind === 'lookup') for (const field of answer) known.add(`${node.save}.${field}`)
  }
  return [...known]
}
