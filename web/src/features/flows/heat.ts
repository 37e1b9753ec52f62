/** What stands out in the figures of a flow: where contacts leave, give up, err, and go round. */
import type { NodeTraffic, Traffic } from './types'

/** 0 nothing to speak of, 3 the worst. */
export type Heat = 0 | 1 | 2 | 3

export interface Spot {
  node: string
  /** Contacts that left here or gave up. */
  lost: number
  /** Of the times it was come to, 0–1. */
  share: number
  left: number
  given_up: number
  mistakes: number
  /** Times a contact came here on the average, where that is more than once; else null. */
  rounds: number | null
  heat: Heat
}

export const nothing_passed: NodeTraffic = { entered: 0, left: 0, mistakes: 0, given_up: 0 }

const steps: ReadonlyArray<[share: number, heat: Heat]> = [[0.2, 3], [0.08, 2], [0.02, 1]]

/** How many are lost of those that come. A single one of a few says nothing: it counts as one of ten at least. */
export function heatOf({ entered, left, given_up }: NodeTraffic): Heat {
  const share = (left + given_up) / Math.max(entered, 10)
  return steps.find(([least]) => share >= least)?.[1] ?? 0
}

/** Nodes worth a look, the worst first. */
export function hotSpots(traffic: Traffic): Spot[] {
  const spots = Object.entries(traffic.nodes).map(([node, figures]): Spot => {
    const { entered, left, given_up, mistakes } = figures
    const rounds = traffic.walks > 0 && entered > traffic.walks * 1.2 ? entered / traffic.walks : null
    const lost = left + given_up
    return { node, lost, share: entered > 0 ? lost / entered : 0, left, given_up, mistakes, rounds, heat: heatOf(figures) }
  })
  return spots.filter(({ lost, mistakes, rounds }) => lost > 0 || mistakes > 0 || rounds !== null).toSorted((one, other) => other.lost - one.lost || other.mistakes - one.mistakes || (other.rounds ?? 0) - (one.rounds ?? 0) || (one.node < other.node ? -1 : 1))
}

/** Of a line that so many of the most have gone, px: its area grows with them. */
export const thickness = (count: number, most: number): number => (most > 0 && count > 0 ? 1.5 + 5.5 * Math.sqrt(count / most) : 1.5)
