/** What the centre finds wrong, in words and with a repair. */
import { connected, removed, suggestion } from './document'
import { exitsOf } from './kinds'
import type { FlowDocument, FlowProblem } from './types'
import { exitName, nameOf, type Words } from './words'

export interface Repair {
  text: string
  document: FlowDocument
}

const known = new Set(['no_such_node', 'unreachable', 'busy_loop', 'no_end', 'error_must_end', 'minimum_above_maximum', 'confirm_secret', 'nothing_to_pay', 'bad_expression', 'key_twice', 'word_twice', 'too_many_words', 'no_such_queue', 'no_such_lookup', 'no_such_prompt', 'no_english', 'flow_circle', 'flow_too_deep', 'no_such_flow', 'schema', 'star_twice', 'no_such_template', 'wrong_values'])

const frame: Readonly<Record<string, string>> = { start: 'start', 'handlers.failed': 'failed', 'handlers.error': 'error' }

function exitOf(document: FlowDocument, { node, exit }: FlowProblem, words: Words): string {
  if (node === '') return frame[exit] === 'start' ? words.t('flows.settings.start') : words.t(`flows.settings.${frame[exit] ?? 'failed'}`)
  const here = document.nodes[node]
  const found = here && exitsOf(here).find(({ id }) => id === exit)
  return here && found ? exitName(found, here, words) : exit
}

/** What is wrong, in the language of the screen; what has no words of ours is said as the centre said it. */
export function problemWords(document: FlowDocument, problem: FlowProblem, words: Words): string {
  const exit = problem.exit ? exitOf(document, problem, words) : ''
  if (problem.code === 'open_exit') return words.t(problem.node ? 'flows.problem.open_exit' : 'flows.problem.open_frame', { exit })
  const missing = problem.code === 'schema' ? /^([a-z_]+): ('' (should be non-empty|is too short|does not match)|\[\] (should be non-empty|is too short))/.exec(problem.message) : null
  if (missing) return words.t('flows.problem.missing', { field: words.t(`flows.field.${missing[1]}`, { defaultValue: missing[1] }) })
  const detail = problem.code === 'busy_loop' ? roundOf(document, problem, words) : problem.code === 'wrong_values' ? taken(problem, words) : problem.message
  return known.has(problem.code) ? words.t(`flows.problem.${problem.code}`, { exit, detail }) : problem.message
}

/** The names of a circle's nodes, from the message that lists them. */
function roundOf(document: FlowDocument, { message }: FlowProblem, words: Words): string {
  const names = message.slice(message.indexOf(':') + 1).split('→').map((one) => one.trim())
  return names.map((name) => nameOf(document.nodes[name], name, words)).join(' → ')
}

/** What a template takes, from the message that lists it. */
const taken = ({ message }: FlowProblem, { t }: Words): string => message.split(' takes ')[1] || t('flows.compare.nothing')

/** What mends it with one press, if anything does. */
export function repairOf(document: FlowDocument, problem: FlowProblem, words: Words): Repair | null {
  const { node, exit, code } = problem
  if (code === 'open_exit' || code === 'no_such_node') {
    if (node === '') {
      const end = Object.entries(document.nodes).find(([, one]) => one.kind === 'queue') ?? Object.entries(document.nodes).find(([, one]) => one.kind === 'hangup')
      const to = exit === 'start' ? leftmost(document) : (end?.[0] ?? null)
      if (!to) return null
      const field = frame[exit]
      const mended = field === 'start' ? { ...document, start: to } : { ...document, handlers: { ...document.handlers, [field === 'error' ? 'error' : 'failed']: to } }
      return { text: words.t('flows.check.connect', { name: nameOf(document.nodes[to], to, words) }), document: mended }
    }
    const to = suggestion(document, node, exit)
    return to ? { text: words.t('flows.check.connect', { name: nameOf(document.nodes[to], to, words) }), document: connected(document, node, exit, to) } : null
  }
  if (code === 'unreachable' && document.nodes[node]) return { text: words.t('flows.check.remove'), document: removed(document, [node]) }
  return null
}

function leftmost(document: FlowDocument): string | null {
  const all = Object.entries(document.nodes).toSorted(([, one], [, other]) => (one.at?.[0] ?? 0) - (other.at?.[0] ?? 0))
  return all[0]?.[0] ?? null
}

/** Errors before warnings, those of one node together. */
export const sorted = (problems: readonly FlowProblem[]): FlowProblem[] =>
  problems.toSorted((one, other) => Number(one.severity === 'warning') - Number(other.severity === 'warning') || (one.node < other.node ? -1 : one.node > other.node ? 1 : 0))
