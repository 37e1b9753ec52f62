import type { IconName } from '@/shared/ui/icons'
import type { FlowDocument, FlowNode, Kind } from './types'

export type Group = 'talk' | 'judge' | 'data' | 'end'

interface KindLook {
  group: Group
  icon: IconName
  /** Exits that are single fields of the node, in the order they are drawn; `?` marks one that may stay empty. */
  exits: readonly string[]
  /** Fields of a new node besides kind and place. */
  fresh: () => Partial<FlowNode>
}

/** What the designer knows of each kind: mirrors `src/yuelai/flows/model.py`. */
export const looks: Readonly<Record<Kind, KindLook>> = {
  say: { group: 'talk', icon: 'speaker', exits: ['next'], fresh: () => ({ say: [] }) },
  notice: { group: 'talk', icon: 'info', exits: ['next'], fresh: () => ({ say: [] }) },
  menu: { group: 'talk', icon: 'keyboard', exits: ['silence?'], fresh: () => ({ say: [], choices: { 1: { next: '', label: '' } }, first_timeout: 5 }) },
  collect: { group: 'talk', icon: 'keypad', exits: ['next'], fresh: () => ({ say: [], save: 'digits', minimum: 1, maximum: 11, terminators: '#' }) },
  consent: { group: 'talk', icon: 'record', exits: ['next'], fresh: () => ({ say: [] }) },
  language: { group: 'talk', icon: 'globe', exits: ['next'], fresh: () => ({ language: 'en' }) },
  rating: { group: 'talk', icon: 'skill', exits: ['next'], fresh: () => ({ say: [], maximum: 5 }) },
  condition: { group: 'judge', icon: 'branch', exits: ['otherwise'], fresh: () => ({ cases: [{ when: 'customer != null', next: '' }] }) },
  hours: { group: 'judge', icon: 'calendar', exits: ['open', 'closed', 'holiday?'], fresh: () => ({ queue: '' }) },
  verify: { group: 'judge', icon: 'shield', exits: ['next', 'failed', 'locked', 'none?'], fresh: () => ({ say: [], minimum: 6, maximum: 6 }) },
  lookup: { group: 'data', icon: 'database', exits: ['next', 'failed'], fresh: () => ({ lookup: '', arguments: {}, save: 'answer' }) },
  set: { group: 'data', icon: 'pen', exits: ['next'], fresh: () => ({ values: { topic: "''" } }) },
  pay: { group: 'data', icon: 'receipt', exits: ['next', 'failed', 'unknown'], fresh: () => ({ say: [], account: 'account.account_id', amount: 'account.arrears_minor', save: 'paid' }) },
  message: { group: 'data', icon: 'message', exits: ['next', 'failed'], fresh: () => ({ say: [], template: '', to: 'ani', values: {}, save: 'message' }) },
  queue: { group: 'end', icon: 'headset', exits: [], fresh: () => ({ queue: '', say: [] }) },
  transfer: { group: 'end', icon: 'transfer', exits: [], fresh: () => ({ to: '', say: [] }) },
  callback: { group: 'end', icon: 'clock', exits: ['next', 'failed'], fresh: () => ({ say: [] }) },
  record: { group: 'end', icon: 'voicemail', exits: ['next', 'failed'], fresh: () => ({ say: [], maximum_seconds: 120, queue: '', save: 'message' }) },
  flow: { group: 'end', icon: 'flow', exits: ['next', 'failed'], fresh: () => ({ flow: '' }) },
  hangup: { group: 'end', icon: 'hangup', exits: [], fresh: () => ({ served: true }) },
}

export const groups: readonly Group[] = ['talk', 'judge', 'data', 'end']

/** One way out of a node. */
export interface Exit {
  /** As the centre names it in problems: `next`, `choices.1`, `cases.0`. */
  id: string
  /** The node it leads to; empty while it is open. */
  target: string
  /** Whether the flow is whole without it. */
  optional: boolean
  /** What stands beside it when that is no word of ours: a key, a condition. */
  text?: string
}

/** All ways out of a node, the open ones too, from top to bottom. */
export function exitsOf(node: FlowNode): Exit[] {
  const exits: Exit[] = []
  const field = (name: unknown): string => (typeof name === 'string' ? name : '')
  // Keys of objects that are digits come sorted whatever their order was: 0 stands last, as on a telephone.
  const keys = Object.keys(node.choices ?? {}).toSorted((one, other) => rank(one) - rank(other))
  for (const key of keys) exits.push({ id: `choices.${key}`, target: field(node.choices?.[key]?.next), optional: false, text: key })
  for (const [place, { when, next }] of (node.cases ?? []).entries()) exits.push({ id: `cases.${place}`, target: field(next), optional: false, text: when })
  for (const name of looks[node.kind]?.exits ?? []) {
    const optional = name.endsWith('?')
    const id = optional ? name.slice(0, -1) : name
    exits.push({ id, target: field(node[id]), optional })
  }
  return exits
}

const rank = (key: string): number => '1234567890*#'.indexOf(key)

export const ends = (node: FlowNode): boolean => node.kind === 'queue' || node.kind === 'hangup' || node.kind === 'transfer'

/** A node with one exit leading somewhere else; an empty target opens it. */
export function leading(node: FlowNode, exit: string, target: string): FlowNode {
  const [group = '', which = ''] = exit.split('.')
  if (group === 'choices') return { ...node, choices: { ...node.choices, [which]: { ...node.choices?.[which], next: target } } }
  if (group === 'cases') return { ...node, cases: (node.cases ?? []).map((one, place) => (place === Number(which) ? { ...one, next: target } : one)) }
  // An optional exit that leads nowhere is not there at all.
  if (!target && looks[node.kind]?.exits.includes(`${exit}?`)) return Object.fromEntries(Object.entries(node).filter(([name]) => name !== exit)) as FlowNode
  return { ...node, [exit]: target }
}

/** Exits that must lead somewhere and do not, or lead to a node that is gone. */
export const openExits = (document: FlowDocument, name: string): Exit[] => {
  const node = document.nodes[name]
  return node ? exitsOf(node).filter((exit) => (exit.target === '' ? !exit.optional : !document.nodes[exit.target])) : []
}

/** Whether a problem of a node is about this exit: the centre may name the field with or without its end. */
export const isAbout = (exit: string, problem: string): boolean => problem !== '' && (problem === exit || problem === `${exit}.next` || exit === `choices.${problem}` || exit === `cases.${problem}`)
