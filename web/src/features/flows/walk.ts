import type { Simulation, SimulationEvent } from './types'

/** The nodes a simulated contact has come through, in order; staying at one counts once. */
export function walked(simulation: Pick<Simulation, 'events' | 'node'>): string[] {
  const path: string[] = []
  const come = (node: string) => {
    if (node && path.at(-1) !== node) path.push(node)
  }
  for (const { node } of simulation.events) come(node)
  come(simulation.node)
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
