/** The document as the canvas draws it. */
import type { Edge, Node } from '@xyflow/react'
import { Position } from '@xyflow/react'

import { edgesOf, node_width, nodeHeight } from './document'
import { type Exit, exitsOf } from './kinds'
import { type Heat, heatOf, nothing_passed, thickness } from './heat'
import type { FlowDocument, FlowNode, FlowProblem, Live, NodeLive, NodeTraffic, Place, Traffic } from './types'

/** Stands before the first node; no part of the document. */
export const arrival = '__arrives'
/** How far an open exit stands out, px. */
export const stub = 34

export interface ExitView extends Exit {
  /** From the top of the node, px. */
  y: number
  open: boolean
}

export type Mark = 'added' | 'changed'

export interface NodeView extends Record<string, unknown> {
  name: string
  node: FlowNode
  exits: ExitView[]
  errors: number
  warnings: number
  start: boolean
  /** The simulated contact has come through, or stands here. */
  walked: 'no' | 'through' | 'here'
  mark: Mark | null
  traffic: NodeTraffic | null
  heat: Heat
  live: NodeLive | null
}
export interface ArrivalView extends Record<string, unknown> {
  open: boolean
  walked: boolean
  numbers: readonly string[]
}
export interface EdgeView extends Record<string, unknown> {
  label: string
  walked: boolean
  count: number | null
  /** Of the line, px, by how many went this way; null without figures. */
  thick: number | null
  /** Drawn as a sign that names where it leads, not as a line: the node's name. */
  sign: string | null
}
export type Box = Node<NodeView, 'flow'> | Node<ArrivalView, 'arrival'>
export type Line = Edge<EdgeView, 'flow'>

export function exitViews(document: FlowDocument, node: FlowNode): ExitView[] {
  const exits = exitsOf(node)
  const height = nodeHeight(node)
  return exits.map((exit, place) => ({
    ...exit,
    y: height / 2 + (place - (exits.length - 1) / 2) * 16,
    open: exit.target === '' ? !exit.optional : !document.nodes[exit.target],
  }))
}

interface Over {
  problems: readonly FlowProblem[]
  /** The nodes a simulated contact has come through, and where it stands. */
  path: ReadonlySet<string>
  here: string | null
  marks: Readonly<Record<string, Mark>>
  traffic: Traffic | null
  live: Live | null
  selected: string | null
  /** While a node is dragged it stands where the pointer is. */
  dragged: Readonly<Record<string, Place>>
  numbers: readonly string[]
  writable: boolean
}

const handle = (id: string | null, type: 'source' | 'target', x: number, y: number) => ({ id, type, position: type === 'source' ? Position.Right : Position.Left, x: x - 5, y: y - 5, width: 10, height: 10 })

/** Where the contact arrives: left of all nodes, at the height of the first. */
export function arrivalPlace(document: FlowDocument): { x: number; y: number } {
  const all = Object.values(document.nodes).map(({ at }) => at?.[0] ?? 0)
  const start = document.nodes[document.start]
  const middle = start ? (start.at?.[1] ?? 0) + nodeHeight(start) / 2 : 130
  return { x: (all.length > 0 ? Math.min(...all) : 280) - 240, y: middle - 30 }
}

export function boxes(document: FlowDocument, over: Over): Box[] {
  const count = (name: string, severity: FlowProblem['severity']) => over.problems.filter((one) => one.node === name && one.severity === severity).length
  const open = !document.nodes[document.start]
  const first: Box = {
    id: arrival,
    type: 'arrival',
    position: arrivalPlace(document),
    width: node_width,
    height: 60,
    measured: { width: node_width, height: 60 },
    handles: [handle('start', 'source', node_width + (open ? stub : 0), 30)],
    draggable: false,
    selectable: false,
    focusable: false,
    data: { open, walked: over.path.size > 0, numbers: over.numbers },
  }
  const rest = Object.entries(document.nodes).map(([name, node]): Box => {
    const exits = exitViews(document, node)
    const height = nodeHeight(node)
    const [x, y] = over.dragged[name] ?? node.at ?? [0, 0]
    return {
      id: name,
      type: 'flow',
      position: { x, y },
      width: node_width,
      height,
      measured: { width: node_width, height },
      handles: [handle(null, 'target', 0, height / 2), ...exits.map((exit) => handle(exit.id, 'source', node_width + (exit.open ? stub : 0), exit.y))],
      selected: over.selected === name,
      draggable: over.writable,
      data: {
        name,
        node,
        exits,
        errors: count(name, 'error'),
        warnings: count(name, 'warning'),
        start: document.start === name,
        walked: over.here === name ? 'here' : over.path.has(name) ? 'through' : 'no',
        mark: over.marks[name] ?? null,
        traffic: over.traffic && over.traffic.walks > 0 ? (over.traffic.nodes[name] ?? nothing_passed) : null,
        heat: heatOf(over.traffic?.nodes[name] ?? nothing_passed),
        live: over.live?.nodes[name] ?? null,
      },
    }
  })
  return [first, ...rest]
}

/** Flows of so many nodes have all their ways drawn as lines: there the eye follows them. */
const few = 12
/** A line longer than this, px, is lost among others. */
const far: Place = [580, 760]

/** Whether a way had better be a sign: it leads back, or far away past other nodes. */
export function isSign(document: FlowDocument, one: string, other: string): boolean {
  if (Object.keys(document.nodes).length <= few) return false
  const [from, to] = [document.nodes[one]?.at ?? [0, 0], document.nodes[other]?.at ?? [0, 0]]
  const [dx, dy] = [to[0] - from[0], Math.abs(to[1] - from[1])]
  return dx < node_width + 20 || dx > far[0] || dy > far[1]
}

/** `near` are nodes whose ways are all drawn as lines; `steps` are the steps taken, `one→other`; several exits that lead the same way share the figure of traffic. */
export function lines(document: FlowDocument, names: { exit: (exit: Exit, node: FlowNode) => string; node: (name: string) => string }, steps: ReadonlySet<string>, traffic: Traffic | null, near: ReadonlySet<string>): Line[] {
  const counts = new Map(traffic?.edges.map(({ one, other, count }) => [`${one}→${other}`, count]))
  const most = Math.max(0, ...counts.values())
  const drawn = new Set<string>()
  const all = edgesOf(document).map(({ one, exit: id, other }): Line => {
    const node = document.nodes[one] as FlowNode
    const exits = exitsOf(node)
    const exit = exits.find((each) => each.id === id)
    const way = `${one}→${other}`
    const again = drawn.has(way)
    drawn.add(way)
    const walked = steps.has(way)
    const count = traffic && traffic.walks > 0 && !again ? (counts.get(way) ?? 0) : null
    const sign = !walked && !near.has(one) && !near.has(other) && isSign(document, one, other)
    return {
      id: `${one}.${id}`,
      type: 'flow',
      source: one,
      sourceHandle: id,
      target: other,
      data: { label: exits.length > 1 && exit && exit.id !== 'next' ? names.exit(exit, node) : '', walked, count, thick: traffic && traffic.walks > 0 ? thickness(count ?? 0, most) : null, sign: sign ? names.node(other) : null },
    }
  })
  if (document.nodes[document.start]) {
    all.unshift({ id: arrival, type: 'flow', source: arrival, sourceHandle: 'start', target: document.start, deletable: false, data: { label: '', walked: steps.size > 0 || steps.has(document.start), count: traffic && traffic.walks > 0 ? traffic.walks : null, thick: traffic && traffic.walks > 0 ? thickness(traffic.walks, Math.max(most, traffic.walks)) : null, sign: null } })
  }
  return all
}
