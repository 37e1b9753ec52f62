/** The document as the canvas draws it. */
import type { Edge, Node } from '@xyflow/react'
import { Position } from '@xyflow/react'

import { node_width, nodeHeight } from './document'
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

/**
 * What was made before and is the same again stays what it was: only what has changed is drawn anew. `of` is all that a
 * thing is made of.
 */
export class Kept<T> {
  private before = new Map<string, { of: readonly unknown[]; made: T }>()
  private now = new Map<string, { of: readonly unknown[]; made: T }>()

  one(key: string, of: readonly unknown[], make: () => T): T {
    const was = this.before.get(key)
    const same = was !== undefined && was.of.length === of.length && of.every((part, place) => Object.is(part, was.of[place]))
    const one = same ? was : { of, made: make() }
    this.now.set(key, one)
    return one.made
  }

  /** All have been made; those that were not are forgotten. */
  end(): void {
    this.before = this.now
    this.now = new Map()
  }
}

const handle = (id: string | null, type: 'source' | 'target', x: number, y: number) => ({ id, type, position: type === 'source' ? Position.Right : Position.Left, x: x - 5, y: y - 5, width: 10, height: 10 })

/** Where the contact arrives: left of all nodes, at the height of the first. */
export function arrivalPlace(document: FlowDocument): { x: number; y: number } {
  const all = Object.values(document.nodes).map(({ at }) => at?.[0] ?? 0)
  const start = document.nodes[document.start]
  const middle = start ? (start.at?.[1] ?? 0) + nodeHeight(start) / 2 : 130
  return { x: (all.length > 0 ? Math.min(...all) : 280) - 240, y: middle - 30 }
}

export function boxes(document: FlowDocument, over: Over, kept = new Kept<Box>()): Box[] {
  const found = new Map<string, { errors: number; warnings: number }>()
  for (const { node, severity } of over.problems) {
    const sum = found.get(node) ?? { errors: 0, warnings: 0 }
    sum[severity === 'error' ? 'errors' : 'warnings'] += 1
    found.set(node, sum)
  }
  const open = !document.nodes[document.start]
  const { x, y } = arrivalPlace(document)
  const first = kept.one(arrival, [x, y, open, over.path.size > 0, over.numbers], (): Box => ({
    id: arrival,
    type: 'arrival',
    position: { x, y },
    width: node_width,
    height: 60,
    measured: { width: node_width, height: 60 },
    handles: [handle('start', 'source', node_width + (open ? stub : 0), 30)],
    draggable: false,
    selectable: false,
    focusable: false,
    data: { open, walked: over.path.size > 0, numbers: over.numbers },
  }))
  const rest = Object.entries(document.nodes).map(([name, node]): Box => {
    const exits = exitViews(document, node)
    const [left, top] = over.dragged[name] ?? node.at ?? [0, 0]
    const { errors, warnings } = found.get(name) ?? { errors: 0, warnings: 0 }
    const start = document.start === name
    const walked = over.here === name ? 'here' : over.path.has(name) ? 'through' : 'no'
    const mark = over.marks[name] ?? null
    const traffic = over.traffic && over.traffic.walks > 0 ? (over.traffic.nodes[name] ?? nothing_passed) : null
    const live = over.live?.nodes[name] ?? null
    const selected = over.selected === name
    const ways = exits.map((exit) => (exit.open ? '1' : '0')).join('')
    return kept.one(name, [node, left, top, ways, errors, warnings, start, walked, mark, traffic, live?.contacts, live?.longest_seconds, selected, over.writable], () => {
      const height = nodeHeight(node)
      return {
        id: name,
        type: 'flow',
        position: { x: left, y: top },
        width: node_width,
        height,
        measured: { width: node_width, height },
        handles: [handle(null, 'target', 0, height / 2), ...exits.map((exit) => handle(exit.id, 'source', node_width + (exit.open ? stub : 0), exit.y))],
        selected,
        draggable: over.writable,
        data: { name, node, exits, errors, warnings, start, walked, mark, traffic, heat: heatOf(traffic ?? nothing_passed), live },
      }
    })
  })
  kept.end()
  return [first, ...rest]
}

/** Flows of so many nodes have all their ways drawn as lines: there the eye follows them. */
const few = 12
/** A line longer than this, px, is lost among others. */
const far: Place = [580, 760]

/** Whether a way had better be a sign: it leads back, or far away past other nodes. */
export function isSign(document: FlowDocument, one: string, other: string, count = Object.keys(document.nodes).length): boolean {
  if (count <= few) return false
  const [from, to] = [document.nodes[one]?.at ?? [0, 0], document.nodes[other]?.at ?? [0, 0]]
  const [dx, dy] = [to[0] - from[0], Math.abs(to[1] - from[1])]
  return dx < node_width + 20 || dx > far[0] || dy > far[1]
}

/** `near` are nodes whose ways are all drawn as lines; `selected` is the id of the line that is; `steps` are the steps taken, `one→other`; several exits that lead the same way share the figure of traffic. */
export function lines(document: FlowDocument, names: { exit: (exit: Exit, node: FlowNode) => string; node: (name: string) => string }, steps: ReadonlySet<string>, traffic: Traffic | null, near: ReadonlySet<string>, selected: string | null = null, kept = new Kept<Line>()): Line[] {
  const figures = traffic && traffic.walks > 0 ? traffic : null
  const counts = new Map(figures?.edges.map(({ one, other, count }) => [`${one}→${other}`, count]))
  const most = Math.max(0, ...counts.values())
  const drawn = new Set<string>()
  const size = Object.keys(document.nodes).length
  const line = (id: string, source: string, sourceHandle: string, target: string, data: EdgeView): Line =>
    kept.one(id, [source, target, id === selected, ...Object.values(data)], () => ({ id, type: 'flow', source, sourceHandle, target, selected: id === selected, data }))
  const all = Object.entries(document.nodes).flatMap(([one, node]) => {
    const exits = exitsOf(node)
    return exits.flatMap((exit) => {
      const other = exit.target
      if (!other || !document.nodes[other]) return []
      const way = `${one}→${other}`
      const again = drawn.has(way)
      drawn.add(way)
      const walked = steps.has(way)
      const count = figures && !again ? (counts.get(way) ?? 0) : null
      const sign = !walked && !near.has(one) && !near.has(other) && isSign(document, one, other, size)
      const label = exits.length > 1 && exit.id !== 'next' ? names.exit(exit, node) : ''
      return [line(`${one}.${exit.id}`, one, exit.id, other, { label, walked, count, thick: figures && thickness(count ?? 0, most), sign: sign ? names.node(other) : null })]
    })
  })
  if (document.nodes[document.start]) {
    const count = figures?.walks ?? null
    all.unshift(line(arrival, arrival, 'start', document.start, { label: '', walked: steps.size > 0, count, thick: count === null ? null : thickness(count, Math.max(most, count)), sign: null }))
  }
  kept.end()
  return all
}
