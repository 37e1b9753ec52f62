import type { components } from '@/shared/api/generated'
import { dialable } from '@/shared/format/phone'
import type { To } from './verbs'

export type Colleague = components['schemas']['ColleagueDocument']
export type DirectoryQueue = components['schemas']['QueueDocument']
export type DirectoryPage = components['schemas']['Directory']

/** A line of the directory. */
export type Entry =
  | { group: 'outside'; key: string; to: To; number: string }
  | { group: 'agents'; key: string; to: To; colleague: Colleague }
  | { group: 'queues'; key: string; to: To; queue: DirectoryQueue }

const order: readonly string[] = ['ready', 'wrapup', 'ringing', 'talking', 'hold', 'consult', 'busy', 'offline']
/** From here on digits are rather a number outside than the beginning of a work number. */
const outside_from = 6

/** Whoever can be reached first; a whole work number or code before them; what is no name is a number to dial. */
export function entriesOf(typed: string, page: Pick<DirectoryPage, 'agents' | 'queues'> | undefined): Entry[] {
  const text = typed.trim()
  const digits = dialable(text)
  const numeric = digits.length >= 2 && /^[\d\s+()#*-]+$/.test(text)
  const rank = (one: Colleague) => (one.number === digits ? -2 : one.available ? -1 : order.indexOf(one.state))
  const agents = (page?.agents ?? []).toSorted((a, b) => rank(a) - rank(b)).map((colleague): Entry => ({ group: 'agents', key: colleague.id, to: { agent: colleague.number }, colleague }))
  const queues = (page?.queues ?? []).map((queue): Entry => ({ group: 'queues', key: queue.id, to: { queue: queue.code }, queue }))
  const known = page?.agents.some(({ number }) => number === digits) || page?.queues.some(({ code }) => code === text)
  const free: Entry[] = numeric && !known ? [{ group: 'outside', key: 'outside', to: { number: digits }, number: digits }] : []
  return numeric && digits.length >= outside_from ? [...free, ...agents, ...queues] : [...agents, ...queues, ...free]
}

/** In the order they were first shown in, group by group: what Enter would take must not change hands. What is new goes last. */
export function inOrder(entries: readonly Entry[], shown: readonly Entry[]): Entry[] {
  const place = (found: number) => (found < 0 ? shown.length : found)
  const group = (one: Entry) => place(shown.findIndex((other) => other.group === one.group))
  const line = (one: Entry) => place(shown.findIndex((other) => other.key === one.key))
  return entries.toSorted((a, b) => group(a) - group(b) || line(a) - line(b))
}
