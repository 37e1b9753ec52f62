import type { Simulation, SimulationEvent } from './types'

const outcomes = ['lookup', 'hours', 'choice', 'key', 'result', 'queue'] as const
const internal = new Set(['tenant_id', 'interaction_id', 'walk', 'dnis', 'channel'])

/** The nodes of a document a simulated contact has come through, in order; staying at one counts once, and those of another flow walked inside it do not count. */
export function walked(simulation: Pick<Simulation, 'events' | 'node' | 'flow'>, nodes: Readonly<Record<string, unknown>>): string[] {
  const path: string[] = []
  const come = (node: string) => {
    if (node in nodes && path.at(-1) !== node) path.push(node)
  }
  for (const { flow, node } of simulation.events) if (!flow) come(node)
  if (!simulation.flow) come(simulation.node)
  return path
}

/** `one→other` of all steps taken. */
export function walkedEdges(path: readonly string[]): Set<string> {
  return new Set(path.slice(1).map((other, place) => `${path[place]}→${other}`))
}

/** 0:04 since the contact came. */
export function eventTime({ ms }: Pick<SimulationEvent, 'ms'>): string {
  const seconds = Math.floor(ms / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** What whoever draws the flow wants to read: neither steps that only say something nor variables, which stand below; hours are told once, by what they led to. Inside another flow nodes have no names here: of them only what came out. */
export const told = (events: readonly SimulationEvent[]): SimulationEvent[] =>
  events.filter(({ kind, data, flow }) => kind === 'say' || kind === 'key' || (kind === 'step' && data['kind'] !== 'say' && data['kind'] !== 'notice' && data['lookup'] !== 'hours' && (!flow || outcomes.some((one) => one in data))))

/** Variables with their values, of things with parts one line for each part; what only the engine needs is left out. */
export function values(variables: Readonly<Record<string, unknown>>): Array<[name: string, value: string]> {
  const plain = (value: unknown) => (Array.isArray(value) ? value.map(String).join('、') : String(value))
  const empty = (value: unknown) => value === null || value === '' || (Array.isArray(value) && value.length === 0)
  return Object.entries(variables).flatMap(([name, value]): Array<[string, string]> => {
    if (internal.has(name) || empty(value)) return []
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, plain(value)]]
    return Object.entries(value).flatMap(([part, one]): Array<[string, string]> => (empty(one) || part === 'id' || part.endsWith('_id') || (typeof one === 'object' && !Array.isArray(one)) ? [] : [[`${name}.${part}`, plain(one)]]))
  })
}
