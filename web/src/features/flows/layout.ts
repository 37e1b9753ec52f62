/** Places for the nodes of a document: columns from left to right, and below one another what one node leads to. */
import { edgesOf, nodeHeight, step } from './document'
import type { FlowDocument, Place } from './types'

const column = 260
const gap = 40
const margin = 40
/** How far below the first of those it leads to a node may stand, px: with many of them the first is to be in sight of it. */
const lowest = 100
/** A node that so many lead to is a meeting place; ways to it say nothing about where it stands, but for the first. */
const meeting = 3

interface Shape {
  /** How far from the start, by the longest way. */
  rank: Map<string, number>
  /** Under which node each is placed, those in order; what none leads to is a root. */
  children: Map<string, string[]>
  roots: string[]
}

/** The column of each node. Ways that lead back are left out; what nothing leads to stands in the first one. */
export const columns = (document: FlowDocument): Map<string, number> => shape(document).rank

function shape(document: FlowDocument): Shape {
  const out = new Map<string, string[]>(Object.keys(document.nodes).map((name) => [name, []]))
  const into = new Map<string, number>()
  for (const { one, other } of edgesOf(document)) {
    const targets = out.get(one) ?? []
    if (one === other || targets.includes(other)) continue
    targets.push(other)
    into.set(other, (into.get(other) ?? 0) + 1)
  }
  const firsts = [document.start, ...Object.keys(document.nodes)].filter((name) => document.nodes[name])
  const kept = firstWays(firsts, out, into)
  const { order, forward } = withoutCircles(firsts, kept)
  const rank = new Map<string, number>(order.map((name) => [name, 0]))
  const from = new Map<string, string[]>()
  for (const name of order) {
    for (const next of forward.get(name) ?? []) {
      rank.set(next, Math.max(rank.get(next) ?? 0, (rank.get(name) ?? 0) + 1))
      from.set(next, [...(from.get(next) ?? []), name])
    }
  }
  const children = new Map<string, string[]>(order.map((name) => [name, []]))
  const roots: string[] = []
  for (const name of order) {
    const parent = from.get(name)?.find((one) => rank.get(one) === (rank.get(name) ?? 0) - 1)
    if (parent === undefined) roots.push(name)
    else children.get(parent)?.push(name)
  }
  // Exits from top to bottom lead to nodes from top to bottom.
  for (const [name, below] of children) below.sort((one, other) => (out.get(name) ?? []).indexOf(one) - (out.get(name) ?? []).indexOf(other))
  return { rank, children, roots }
}

/** All ways but those to meeting places; of these the one from the node nearest to the start. */
function firstWays(firsts: readonly string[], out: ReadonlyMap<string, readonly string[]>, into: ReadonlyMap<string, number>): Map<string, string[]> {
  const kept = new Map<string, string[]>()
  const seen = new Set<string>()
  for (const first of firsts) {
    const queue = seen.has(first) ? [] : [first]
    seen.add(first)
    for (const name of queue) {
      for (const next of out.get(name) ?? []) {
        if (seen.has(next) && (into.get(next) ?? 0) >= meeting) continue
        kept.set(name, [...(kept.get(name) ?? []), next])
        if (!seen.has(next)) queue.push(next)
        seen.add(next)
      }
    }
  }
  return kept
}

/** An order in which every way that is left leads onwards. Without recursion: an imported flow may be a thousand nodes in a row. */
function withoutCircles(firsts: readonly string[], ways: ReadonlyMap<string, readonly string[]>): { order: string[]; forward: Map<string, string[]> } {
  const finished: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const forward = new Map<string, string[]>()
  for (const first of firsts) {
    if (state.has(first)) continue
    state.set(first, 'open')
    const stack = [{ name: first, place: 0 }]
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = ways.get(top.name)?.[top.place]
      top.place += 1
      if (next === undefined) {
        state.set(top.name, 'done')
        finished.push(top.name)
        stack.pop()
      } else if (state.get(next) !== 'open') {
        forward.set(top.name, [...(forward.get(top.name) ?? []), next])
        if (!state.has(next)) {
          state.set(next, 'open')
          stack.push({ name: next, place: 0 })
        }
      }
    }
  }
  return { order: finished.toReversed(), forward }
}

/** How far a group of nodes reaches in each column, from its first column on: tops and bottoms, px. */
interface Outline {
  tops: number[]
  bottoms: number[]
}

/** Places for all nodes: each in the middle of those it leads to, groups as near to one another as they fit. */
export function layout(document: FlowDocument): Record<string, Place> {
  const { rank, children, roots } = shape(document)
  const shift = new Map<string, number>()
  const outlines = new Map<string, Outline>()
  // Children before their parents.
  const order = [...rank].toSorted(([, one], [, other]) => other - one).map(([name]) => name)
  for (const name of order) {
    const height = nodeHeight(document.nodes[name] ?? { kind: 'say' })
    const below = children.get(name) ?? []
    const { offsets, outline } = stacked(below.map((child) => outlines.get(child) as Outline))
    const [first, last] = [offsets[0] ?? 0, offsets.at(-1) ?? 0]
    const centre = (first + last + heightOf(document, below.at(-1))) / 2 - height / 2
    const middle = below.length > 0 ? snapped(Math.min(centre, first + lowest)) : 0
    for (const [place, child] of below.entries()) shift.set(child, (offsets[place] ?? 0) - middle)
    outlines.set(name, { tops: [0, ...outline.tops.map((top) => top - middle)], bottoms: [height, ...outline.bottoms.map((bottom) => bottom - middle)] })
    for (const child of below) outlines.delete(child)
  }
  const heads = stacked(roots.map((root) => outlines.get(root) as Outline))
  const places: Record<string, Place> = {}
  const highest = Math.min(0, ...heads.outline.tops)
  const queue = roots.map((name, place) => ({ name, y: margin - highest + (heads.offsets[place] ?? 0) }))
  for (const { name, y } of queue) {
    places[name] = [margin + (rank.get(name) ?? 0) * column, snapped(y)]
    for (const child of children.get(name) ?? []) queue.push({ name: child, y: y + (shift.get(child) ?? 0) })
  }
  return places
}

const snapped = (y: number): number => Math.round(y / step) * step

/** Outlines below one another: how far down each one goes, and what they reach together. */
function stacked(outlines: readonly Outline[]): { offsets: number[]; outline: Outline } {
  const outline: Outline = { tops: [], bottoms: [] }
  const offsets: number[] = []
  for (const { tops, bottoms } of outlines) {
    const down = offsets.length === 0 ? 0 : Math.max(...tops.map((top, place) => (outline.bottoms[place] ?? -Infinity) + gap - top), offsets.at(-1) ?? 0)
    offsets.push(down)
    for (const [place, top] of tops.entries()) {
      outline.tops[place] = Math.min(outline.tops[place] ?? Infinity, top + down)
      outline.bottoms[place] = Math.max(outline.bottoms[place] ?? -Infinity, (bottoms[place] ?? 0) + down)
    }
  }
  return { offsets, outline }
}

const heightOf = (document: FlowDocument, name: string | undefined): number => {
  const node = name === undefined ? undefined : document.nodes[name]
  return node ? nodeHeight(node) : 0
}

/** The document with a place for every node: all laid out anew when none has one, the rest below when some have. */
export function placed(document: FlowDocument): FlowDocument {
  const without = Object.entries(document.nodes).filter(([, node]) => !node.at)
  if (without.length === 0) return document
  const nodes = { ...document.nodes }
  if (without.length === Object.keys(nodes).length) {
    const places = layout(document)
    for (const [name, node] of without) nodes[name] = { ...node, at: places[name] ?? [margin, margin] }
  } else {
    const bottom = Math.max(...Object.values(nodes).map((node) => (node.at ? node.at[1] + nodeHeight(node) : 0)))
    for (const [place, [name, node]] of without.entries()) nodes[name] = { ...node, at: [margin + (place % 5) * column, bottom + gap + Math.floor(place / 5) * 120] }
  }
  return { ...document, nodes }
}
