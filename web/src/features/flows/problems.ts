import { openExits } from './kinds'
import type { FlowDocument, FlowProblem } from './types'

/** Exits that have just been opened are wrong before the centre says so, and those just closed no longer. */
export function withOpenExits(document: FlowDocument, problems: readonly FlowProblem[]): FlowProblem[] {
  const open = new Map(Object.keys(document.nodes).flatMap((node) => openExits(document, node).map((exit) => [`${node} ${exit.id}`, { node, exit: exit.id }] as const)))
  const still = problems.filter(({ node, exit, code }) => (node === '' || document.nodes[node]) && (node === '' || (code !== 'open_exit' && code !== 'no_such_node') || open.delete(`${node} ${exit}`)))
  return [...still, ...[...open.values()].map(({ node, exit }): FlowProblem => ({ node, exit, severity: 'error', code: 'open_exit', message: '' }))]
}
