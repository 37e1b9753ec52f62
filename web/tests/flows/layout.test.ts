import { describe, expect, it } from 'vitest'

import main from '../../../src/yuelai/flows/samples/main.json'
import { edgesOf, nodeHeight } from '@/features/flows/document'
import { type Box, boxes, isSign, Kept, type Line, lines } from '@/features/flows/graph'
import { columns, layout, placed } from '@/features/flows/layout'
import type { FlowDocument, FlowNode } from '@/features/flows/types'

const shipped = main as unknown as FlowDocument

const line = (...names: string[]): FlowDocument => ({
  id: 'line',
  version: 1,
  start: names[0] ?? '',
  handlers: { failed: '', error: '' },
  nodes: Object.fromEntries(names.map((name, place): [string, FlowNode] => [name, { kind: 'say', next: names[place + 1] ?? '' }])),
})

describe('places of a flow that has none', () => {
  it('columns follow the longest way', () => {
    const document = line('a', 'b', 'c', 'd')
    const short: FlowDocument = { ...document, nodes: { ...document.nodes, a: { kind: 'hours', open: 'b', closed: 'd' } } }
    expect(Object.fromEntries(columns(short))).toEqual({ a: 0, b: 1, c: 2, d: 3 })
  })

  it('a way back moves nothing', () => {
    const round = line('a', 'b', 'c')
    const back: FlowDocument = { ...round, nodes: { ...round.nodes, c: { kind: 'say', next: 'a' } } }
    expect(Object.fromEntries(columns(back))).toEqual({ a: 0, b: 1, c: 2 })
  })

  it('no two nodes of a shipped flow lie over each other, all on the grid', () => {
    const drawn = Object.entries(layout(shipped)).map(([name, [x, y]]) => ({ name, x, y, bottom: y + nodeHeight(shipped.nodes[name] as FlowNode) }))
    expect(drawn.length).toBe(Object.keys(shipped.nodes).length)
    for (const [place, one] of drawn.entries()) {
      expect([one.x % 20, one.y % 20]).toEqual([0, 0])
      for (const other of drawn.slice(place + 1)) if (one.x === other.x) expect(one.bottom < other.y || other.bottom < one.y).toBe(true)
    }
  })

  it('a shipped flow is no long strip', () => {
    const places = Object.values(layout(shipped))
    const [wide, high] = [Math.max(...places.map(([x]) => x)), Math.max(...places.map(([, y]) => y))]
    expect(wide).toBeLessThan(4_500)
    expect(high).toBeLessThan(2_800)
    expect(wide / high).toBeLessThan(3)
  })

  it('what many lead to does not draw the flow apart: only the first way to it counts', () => {
    const document = line('a', 'b', 'c', 'd', 'e')
    const end: FlowNode = { kind: 'queue', queue: 'general' }
    const nodes = Object.fromEntries(Object.entries(document.nodes).map(([name, node]): [string, FlowNode] => [name, { ...node, kind: 'callback', failed: 'agent' }]))
    const all: FlowDocument = { ...document, nodes: { ...nodes, e: { kind: 'hangup' }, agent: end } }
    expect(columns(all).get('agent')).toBe(1)
    expect(columns(all).get('e')).toBe(4)
  })

  it('ways back and far away are signs in a large flow, lines in a small one', () => {
    const names = { exit: () => '', node: (name: string) => name }
    const round = (...all: string[]) => {
      const document = line(...all)
      return placed({ ...document, nodes: { ...document.nodes, [all.at(-1) ?? '']: { kind: 'say', next: 'a' } } })
    }
    const large = round(...'abcdefghijklmn')
    expect([isSign(large, 'a', 'b'), isSign(large, 'n', 'a'), isSign(large, 'a', 'n')]).toEqual([false, true, true])
    const signs = (document: FlowDocument, near: string[], steps: string[] = []) => lines(document, names, new Set(steps), null, new Set(near)).flatMap(({ id, data }) => (data?.sign ? [`${id} ${data.sign}`] : []))
    expect(signs(large, [])).toEqual(['n.next a'])
    expect(signs(large, ['n'])).toEqual([])
    expect(signs(large, [], ['n→a'])).toEqual([])
    expect(signs(round('a', 'b'), [])).toEqual([])
  })

  it('is the same every time', () => {
    expect(layout(shipped)).toEqual(layout(structuredClone(shipped)))
  })

  it('a thousand nodes in a row are laid out at once', () => {
    const names = Array.from({ length: 1000 }, (_, place) => `n${place}`)
    const began = performance.now()
    expect(columns(line(...names)).get('n999')).toBe(999)
    expect(edgesOf(line(...names)).length).toBe(999)
    expect(Object.keys(layout(line(...names))).length).toBe(1000)
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  it('nodes that stand somewhere stay there; the others come below', () => {
    const document = line('a', 'b')
    const half: FlowDocument = { ...document, nodes: { a: { kind: 'say', next: 'b', at: [60, 100] }, b: { kind: 'hangup' } } }
    const whole = placed(half)
    expect(whole.nodes.a?.at).toEqual([60, 100])
    expect(whole.nodes.b?.at).toEqual([40, 200])
    expect(placed(whole)).toBe(whole)
  })
})

describe('what is drawn anew', () => {
  const node = (place: number): FlowDocument['nodes'][string] => ({ kind: 'say', say: [], next: `n${(place + 1) % 30}`, at: [place * 240, 0] })
  const document: FlowDocument = { id: 'a', version: 1, start: 'n0', handlers: { failed: '', error: '' }, nodes: Object.fromEntries(Array.from({ length: 30 }, (_, place) => [`n${place}`, node(place)])) }
  const nothing = { problems: [], path: new Set<string>(), here: null, marks: {}, traffic: null, live: null, selected: null, dragged: {}, numbers: [], writable: true }

  it('of the nodes only those that have changed', () => {
    const kept = new Kept<Box>()
    const before = boxes(document, nothing, kept)
    const fresh = (next: Box[]) => next.filter((one) => !before.includes(one)).map(({ id }) => id)
    expect(fresh(boxes(document, { ...nothing, dragged: { n7: [9, 9] }, problems: [{ node: 'n3', exit: '', severity: 'error', code: 'no_end', message: '' }] }, kept))).toEqual(['n3', 'n7'])
    expect(fresh(boxes({ ...document, nodes: { ...document.nodes, n5: { ...document.nodes['n5'], kind: 'say', label: 'new' } } }, { ...nothing, selected: 'n9' }, kept)).toSorted()).toEqual(['n3', 'n5', 'n7', 'n9'])
  })

  it('of the lines only those of the node that is pointed at', () => {
    const kept = new Kept<Line>()
    const draw = (near: string[], selected: string | null = null) => lines(document, { exit: () => '', node: (name) => name }, new Set(), null, new Set(near), selected, kept)
    const before = draw([])
    expect(draw(['n29']).filter((one) => !before.includes(one)).map(({ id }) => id)).toEqual(['n29.next'])
    const after = draw([])
    expect(draw([], 'n4.next').filter((one) => !after.includes(one)).map(({ id }) => id)).toEqual(['n4.next'])
  })
})
