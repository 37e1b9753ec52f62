/** Places for the nodes of a document that has none: columns by the longest way from the start. */
import { edgesOf, nodeHeight, step } from './document'
import type { FlowDocument, Place } from './types'

const column = 240
const gap = 40
const margin = 40

/** The column of each node. Ways that lead back are left out; what nothing leads to stands in the first one. */
export function columns(document: FlowDocument): Map<string, number> {
  const out = new Map<string, string[]>(Object.keys(document.nodes).map((name) => [name, []]))
  for (const { one, other } of edgesOf(document)) if (!out.get(one)?.includes(other)) out.get(one)?.push(other)
  const order: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const forward = new Map<string, string[]>()
  // Without recursion: an imported flow may be a thousand nodes in a row.
  const visit = (start: string) => {
    if (state.has(start)) return
    const stack = [{ name: start, place: 0 }]
    state.set(start, 'open')
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = out.get(top.name)?.[top.place]
      top.place += 1
      if (next === undefined) {
        state.set(top.name, 'done')
        order.push(top.name)
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
  if (document.nodes[document.start]) visit(document.start)
  for (const name of Object.keys(document.nodes)) visit(name)
  const found = new Map<string, number>()
  for (const name of order.toReversed()) {
    const at = found.get(name) ?? 0
    found.set(name, at)
    for (const next of forward.get(name) ?? []) found.set(next, Math.max(found.get(next) ?? 0, at + 1))
  }
  return found
}

/** Places for all nodes; within a column each stands near the middle of those that lead to it. */
export function layout(document: FlowDocument): Record<string, Place> {
  const where = columns(document)
  const edges = edgesOf(document)
  const byColumn: string[][] = []
  for (const name of Object.keys(document.nodes)) (byColumn[where.get(name) ?? 0] ??= []).push(name)
  const places: Record<string, Place> = {}
  const middle = (name: string, fallback: number): number => {
    const from = edges.flatMap(({ one, exit, other }, order) => {
      const at = other === name && one !== name ? places[one] : undefined
      // Exits further down lead further down.
      return at && (where.get(one) ?? 0) < (where.get(name) ?? 0) ? [at[1] + (exit ? order * 0.01 : 0)] : []
    })
    return from.length > 0 ? from.reduce((sum, one) => sum + one, 0) / from.length : fallback
  }
  const heights = byColumn.map((names) => (names ?? []).reduce((sum, name) => sum + heightOf(document, name) + gap, -gap))
  const tallest = Math.max(0, ...heights)
  for (const [number, names] of byColumn.entries()) {
    const sorted = (names ?? []).map((name, place) => ({ name, wish: middle(name, place) })).toSorted((one, other) => one.wish - other.wish)
    let y = margin + Math.floor((tallest - (heights[number] ?? 0)) / 2 / step) * step
    for (const { name } of sorted) {
      places[name] = [margin + number * column, y]
      y += heightOf(document, name) + gap
    }
  }
  return places
}

const heightOf = (document: FlowDocument, name: string): number => {
  const node = document.nodes[name]
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
    const lowest = Math.max(...Object.values(nodes).map((node) => (node.at ? node.at[1] + nodeHeight(node) : 0)))
    for (const [place, [name, node]] of without.entries()) nodes[name] = { ...node, at: [margin + (place % 5) * column, lowest + gap + Math.floor(place / 5) * 120] }
  }
  return { ...document, nodes }
}
