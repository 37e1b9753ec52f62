import { describe, expect, it } from 'vitest'

import { added, before, changed, connected, edgesOf, freeName, moved, neighbour, nodeHeight, pasted, removed, sameContent, snapped, suggestion } from '@/features/flows/document'
import { begun, history } from '@/features/flows/history'
import { exitsOf, isAbout, leading, looks, openExits } from '@/features/flows/kinds'
import { type FlowDocument, type FlowNode, kinds } from '@/features/flows/types'

const small = (): FlowDocument => ({
  id: 'small',
  version: 1,
  start: 'menu',
  handlers: { failed: 'agent', error: 'agent' },
  nodes: {
    menu: { kind: 'menu', say: ['main_menu'], choices: { 0: { next: 'agent' }, 1: { next: 'fault', label: '故障' } }, at: [40, 40] },
    fault: { kind: 'lookup', lookup: 'balance', save: 'account', next: 'bye', failed: 'agent', at: [280, 40] },
    bye: { kind: 'hangup', served: true, at: [520, 40] },
    agent: { kind: 'queue', queue: 'general', at: [280, 200] },
  },
})

describe('exits of a node', () => {
  it('one for each key, 0 after 9, then the one for silence', () => {
    expect(exitsOf(small().nodes.menu as FlowNode)).toEqual([
      { id: 'choices.1', target: 'fault', optional: false, text: '1' },
      { id: 'choices.0', target: 'agent', optional: false, text: '0' },
      { id: 'silence', target: '', optional: true },
    ])
  })

  it('one for each case, then all else', () => {
    const node: FlowNode = { kind: 'condition', cases: [{ when: 'a', next: 'x' }, { when: 'b', next: '' }], otherwise: 'y' }
    expect(exitsOf(node).map(({ id, target }) => [id, target])).toEqual([['cases.0', 'x'], ['cases.1', ''], ['otherwise', 'y']])
  })

  it.each([
    ['say', ['next']], ['notice', ['next']], ['consent', ['next']], ['collect', ['next']], ['set', ['next']], ['language', ['next']], ['rating', ['next']],
    ['hours', ['open', 'closed', 'holiday']], ['lookup', ['next', 'failed']], ['verify', ['next', 'failed', 'locked', 'none']], ['pay', ['next', 'failed', 'unknown']],
    ['callback', ['next', 'failed']], ['flow', ['next', 'failed']], ['queue', []], ['hangup', []], ['transfer', []],
  ] as const)('of %s are %j', (kind, exits) => {
    expect(exitsOf({ kind }).map(({ id }) => id)).toEqual(exits)
  })

  it('lead where they are told to', () => {
    const node = leading(leading(small().nodes.menu as FlowNode, 'choices.1', 'bye'), 'silence', 'agent')
    expect(exitsOf(node).map(({ target }) => target)).toEqual(['bye', 'agent', 'agent'])
    expect('silence' in leading(node, 'silence', '')).toBe(false)
    expect((node.choices?.['1'])?.label).toBe('故障')
  })

  it('are open when they lead nowhere or to what is gone, unless they may stay empty', () => {
    const document = connected(small(), 'fault', 'failed', 'nobody')
    expect(openExits(document, 'fault').map(({ id }) => id)).toEqual(['failed'])
    expect(openExits(document, 'menu')).toEqual([])
  })

  it('are recognised however the centre names them', () => {
    expect(['choices.1', 'choices.1.next', '1'].map((name) => isAbout('choices.1', name))).toEqual([true, true, true])
    expect(['', 'failed', 'choices.2'].map((name) => isAbout('choices.1', name))).toEqual([false, false, false])
  })
})

describe('changes of a flow', () => {
  it('every kind can be added, with all it must have and its exits open', () => {
    for (const kind of kinds) {
      const { document, name } = added(small(), kind, [33, 47])
      expect(document.nodes[name]).toMatchObject({ kind, at: [40, 40] })
      expect(openExits(document, name).length).toBe(exitsOf(document.nodes[name] as FlowNode).filter(({ optional }) => !optional).length)
      expect(looks[kind].group).toBeTruthy()
    }
  })

  it('the first node of an empty flow is its start', () => {
    const empty: FlowDocument = { id: 'e', version: 1, start: '', handlers: { failed: '', error: '' }, nodes: {} }
    expect(added(empty, 'say', [0, 0]).document.start).toBe('say')
    expect(added(small(), 'say', [0, 0]).document.start).toBe('menu')
  })

  it('a new node can be where an exit leads', () => {
    const { document, name } = added(small(), 'say', [0, 0], { node: 'fault', exit: 'failed' })
    expect(document.nodes.fault?.failed).toBe(name)
  })

  it('names are never given twice', () => {
    expect([freeName(small(), 'say'), freeName(small(), 'menu'), freeName(added(small(), 'menu', [0, 0]).document, 'menu_2')]).toEqual(['say', 'menu_2', 'menu_3'])
  })

  it('what led to a node that goes is open, also from the handlers', () => {
    const document = removed(small(), ['agent'])
    expect(openExits(document, 'menu').map(({ id }) => id)).toEqual(['choices.0'])
    expect(document.handlers).toMatchObject({ failed: '', error: '' })
    expect(removed(small(), ['menu']).start).toBe('')
  })

  it('nodes stand on the grid', () => {
    expect(moved(small(), { bye: [531, 49] }).nodes.bye?.at).toEqual([540, 40])
    expect(snapped([-9, 11])).toEqual([-0, 20])
    for (const node of Object.values(small().nodes)) expect(nodeHeight(node) % 20).toBe(0)
    expect(nodeHeight({ kind: 'menu', choices: Object.fromEntries([...'1234567890'].map((key) => [key, { next: '' }])) })).toBe(200)
  })

  it('a field set to nothing is gone', () => {
    expect('label' in (changed(changed(small(), 'bye', { label: '再见' }), 'bye', { label: undefined }).nodes.bye as FlowNode)).toBe(false)
  })

  it('a copy has its own name and place', () => {
    const { document, name } = pasted(removed(small(), ['bye']), 'fault', small().nodes.fault as FlowNode)
    expect(name).toBe('fault_2')
    expect(document.nodes[name]).toMatchObject({ next: '', failed: 'agent', at: [320, 120] })
  })

  it('two documents say the same whatever the order and the version', () => {
    const { nodes, ...frame } = small()
    const other: FlowDocument = { nodes: Object.fromEntries(Object.entries(nodes).toReversed()), ...frame, version: 7 }
    expect(sameContent(small(), other)).toBe(true)
    expect(sameContent(small(), changed(small(), 'bye', { served: false }))).toBe(false)
  })

  it('never touch the document they began with', () => {
    const document = small()
    const copy = structuredClone(document)
    removed(connected(moved(added(document, 'menu', [0, 0]).document, { menu: [1, 1] }), 'menu', 'choices.1', 'bye'), ['agent'])
    expect(document).toEqual(copy)
  })
})

describe('finding one’s way', () => {
  it('what fails is best sent where the flow sends what fails', () => {
    expect(suggestion(removed(small(), ['bye']), 'fault', 'failed')).toBe('agent')
  })

  it('what goes on is best sent to a node that nothing leads to yet', () => {
    const document = added(connected(small(), 'fault', 'next', ''), 'say', [520, 200]).document
    expect(suggestion(document, 'fault', 'next')).toBe('bye')
    expect(suggestion(connected(document, 'menu', 'silence', 'bye'), 'fault', 'next')).toBe('say')
  })

  it('an empty flow has nothing to suggest', () => {
    expect(suggestion({ ...small(), handlers: { failed: '', error: '' }, nodes: { say: { kind: 'say', next: '' } }, start: 'say' }, 'say', 'next')).toBeNull()
  })

  it('arrows go to the node that lies there', () => {
    expect(neighbour(small(), 'menu', 'ArrowRight')).toBe('fault')
    expect(neighbour(small(), 'fault', 'ArrowDown')).toBe('agent')
    expect(neighbour(small(), 'bye', 'ArrowLeft')).toBe('fault')
    expect(neighbour(small(), 'menu', 'ArrowLeft')).toBeNull()
  })

  it('what comes before a node goes round circles once', () => {
    const round = connected(small(), 'fault', 'failed', 'menu')
    expect([...before(round, 'bye')].toSorted()).toEqual(['fault', 'menu'])
    expect(edgesOf(round).length).toBe(4)
  })
})

describe('undo and redo', () => {
  const first = small()
  const second = connected(first, 'menu', 'silence', 'agent')
  const third = changed(second, 'bye', { label: '再' })

  it('go back and forth, and a new change cuts off what was undone', () => {
    let state = begun(first)
    state = history(state, { type: 'change', document: second })
    state = history(state, { type: 'change', document: third })
    state = history(state, { type: 'undo' })
    state = history(state, { type: 'undo' })
    expect(state.present).toBe(first)
    expect(history(state, { type: 'undo' })).toBe(state)
    state = history(state, { type: 'redo' })
    expect(state.present).toBe(second)
    state = history(state, { type: 'change', document: first })
    expect(state.future).toEqual([])
  })

  it('typing in one field is one step', () => {
    let state = begun(second)
    state = history(state, { type: 'change', document: third, of: 'bye.label' })
    state = history(state, { type: 'change', document: changed(third, 'bye', { label: '再见' }), of: 'bye.label' })
    expect(history(state, { type: 'undo' }).present).toBe(second)
  })

  it('what changes nothing is no step, and memory has an end', () => {
    expect(history(begun(first), { type: 'change', document: structuredClone(first) }).past).toEqual([])
    let state = begun(first)
    for (let turn = 0; turn < 300; turn += 1) state = history(state, { type: 'change', document: changed(first, 'bye', { label: String(turn) }) })
    expect(state.past.length).toBe(200)
  })
})
