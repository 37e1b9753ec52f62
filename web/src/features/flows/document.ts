/** Changes of a flow's document; each gives a new one and leaves the old as it was. */
import { exitsOf, leading, looks } from './kinds'
import type { FlowDocument, FlowNode, Kind, Place } from './types'

export const step = 20
export const node_width = 152

/** To the nearest crossing of the grid. */
export const snapped = ([x, y]: Place): Place => [Math.round(x / step) * step, Math.round(y / step) * step]

/** How tall a node is drawn: its two lines, and room for all its exits; whole steps of the grid. */
export const nodeHeight = (node: FlowNode): number => Math.max(3, Math.ceil((exitsOf(node).length * 16 + 12) / step)) * step

/** `menu`, then `menu_2`, `menu_3` … that no node has. */
/** The first place from there downwards where nothing stands. */
export function freeName(document: FlowDocument, wanted: string): string {
  const base = wanted.replace(/_\d+$/, '')
  if (!document.nodes[base]) return base
  for (let number = 2; ; number += 1) if (!document.nodes[`${base}_${number}`]) return `${base}_${number}`
}

const withNodes = (document: FlowDocument, nodes: Readonly<Record<string, FlowNode>>): FlowDocument => ({ ...document, nodes })

export function free(document: FlowDocument, [x, y]: Place): Place {
  const taken = (top: number) => Object.values(document.nodes).some(({ at }) => at && Math.abs(at[0] - x) < 180 && Math.abs(at[1] - top) < 80)
  let top = y
  while (taken(top)) top += 100
  return [x, top]
}

/** A new node; the first one of a flow is its start. With `from`, an exit leads there at once. */
export function added(document: FlowDocument, kind: Kind, at: Place, from?: { node: string; exit: string }): { document: FlowDocument; name: string } {
  const name = freeName(document, kind)
  const fresh: FlowNode = { kind, ...looks[kind].fresh(), at: snapped(at) }
  for (const exit of exitsOf(fresh)) if (!exit.optional && !exit.target && !exit.id.includes('.')) fresh[exit.id] = ''
  const next = withNodes(document, { ...document.nodes, [name]: fresh })
  const started = document.start && document.nodes[document.start] ? next : { ...next, start: name }
  return { document: from ? connected(started, from.node, from.exit, name) : started, name }
}

/** Exits that led to what goes are open afterwards. */
export function removed(document: FlowDocument, names: readonly string[]): FlowDocument {
  const gone = new Set(names)
  const left = Object.entries(document.nodes).filter(([name]) => !gone.has(name))
  const nodes = Object.fromEntries(
    left.map(([name, node]) => [name, exitsOf(node).reduce((one, exit) => (gone.has(exit.target) ? leading(one, exit.id, '') : one), node)]),
  )
  const clear = (name: string) => (gone.has(name) ? '' : name)
  const { start, handlers } = document
  return { ...document, nodes, start: clear(start), handlers: { ...handlers, failed: clear(handlers.failed), error: clear(handlers.error) } }
}

export function moved(document: FlowDocument, places: Readonly<Record<string, Place>>): FlowDocument {
  const nodes = { ...document.nodes }
  for (const [name, at] of Object.entries(places)) {
    const node = nodes[name]
    if (node) nodes[name] = { ...node, at: snapped(at) }
  }
  return withNodes(document, nodes)
}

export function connected(document: FlowDocument, name: string, exit: string, target: string): FlowDocument {
  const node = document.nodes[name]
  return node ? withNodes(document, { ...document.nodes, [name]: leading(node, exit, target) }) : document
}

export const changed = (document: FlowDocument, name: string, change: Partial<FlowNode>): FlowDocument => {
  const node = document.nodes[name]
  if (!node) return document
  const next = Object.entries({ ...node, ...change }).filter(([, value]) => value !== undefined)
  return withNodes(document, { ...document.nodes, [name]: Object.fromEntries(next) as FlowNode })
}

/** A copy of a node beside where it was; its exits lead where the original's do, as far as that is still there. */
export function pasted(document: FlowDocument, from: string, copy: FlowNode): { document: FlowDocument; name: string } {
  const name = freeName(document, from)
  const [x, y] = copy.at ?? [0, 0]
  const node = exitsOf(copy).reduce((one, exit) => (document.nodes[exit.target] ? one : leading(one, exit.id, '')), copy)
  const at: Place = [x + 2 * step, y + 4 * step]
  return { document: withNodes(document, { ...document.nodes, [name]: { ...node, at } }), name }
}

export interface Edge {
  one: string
  exit: string
  other: string
}

export const edgesOf = (document: FlowDocument): Edge[] =>
  Object.entries(document.nodes).flatMap(([one, node]) => exitsOf(node).flatMap((exit) => (exit.target && document.nodes[exit.target] ? [{ one, exit: exit.id, other: exit.target }] : [])))

/** The names of all nodes that can come before this one. */
export function before(document: FlowDocument, name: string): Set<string> {
  const into = new Map<string, string[]>()
  for (const { one, other } of edgesOf(document)) into.set(other, [...(into.get(other) ?? []), one])
  const found = new Set<string>()
  const open = [name]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const one of into.get(at) ?? []) {
      if (found.has(one)) continue
      found.add(one)
      open.push(one)
    }
  }
  return found
}

/**
 * Where an open exit had best lead: what fails goes where the flow sends what fails; all else to the nearest node to
 * the right that nothing leads to yet, or there, too.
 */
export function suggestion(document: FlowDocument, name: string, exit: string): string | null {
  const { failed, error } = document.handlers
  const fallback = [failed, error].find((one) => one !== '' && one !== name && document.nodes[one]) ?? null
  if (exit !== 'next' && !exit.includes('.') && exit !== 'open') return fallback
  const led = new Set(edgesOf(document).map(({ other }) => other))
  const [x, y] = document.nodes[name]?.at ?? [0, 0]
  const alone = Object.entries(document.nodes)
    .filter(([other]) => other !== name && other !== document.start && other !== failed && other !== error && !led.has(other))
    .map(([other, { at }]) => ({ other, far: Math.hypot((at?.[0] ?? 0) - x, (at?.[1] ?? 0) - y), right: (at?.[0] ?? 0) > x }))
    .toSorted((one, two) => Number(two.right) - Number(one.right) || one.far - two.far)
  return alone[0]?.other ?? fallback
}

/** The node nearest in a direction, for walking with the arrow keys. */
export function neighbour(document: FlowDocument, from: string, key: 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown'): string | null {
  const [x, y] = document.nodes[from]?.at ?? [0, 0]
  const across = key === 'ArrowLeft' || key === 'ArrowRight'
  const sign = key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 1
  let best: { name: string; cost: number } | null = null
  for (const [name, { at = [0, 0] }] of Object.entries(document.nodes)) {
    const [dx, dy] = [at[0] - x, at[1] - y]
    const [along, aside] = across ? [dx * sign, Math.abs(dy)] : [dy * sign, Math.abs(dx)]
    if (name === from || along <= 0) continue
    const cost = along + 2 * aside
    if (!best || cost < best.cost) best = { name, cost }
  }
  return best?.name ?? null
}

/** Whatever order the names come in: the centre keeps none. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([name, one]) => [name, canonical(one)]))
}

/** Whether two documents say the same, whichever version they are. */
export const sameContent = (one: FlowDocument, other: FlowDocument): boolean => JSON.stringify(canonical({ ...one, version: 0 })) === JSON.stringify(canonical({ ...other, version: 0 }))

export const sameDocument = (one: FlowDocument, other: FlowDocument): boolean => JSON.stringify(one) === JSON.stringify(other)
