import { describe, expect, it } from 'vitest'

import type { FlowDocument, FlowNode } from '@/features/flows/types'
import { eventTime, told, values, walked, walkedEdges } from '@/features/flows/walk'
import { nameOf, saidOf, summary, variablesAt, type Words } from '@/features/flows/words'

const words: Words = {
  t: (key, filled) => (typeof filled?.defaultValue === 'string' ? filled.defaultValue : `${key}${filled ? JSON.stringify(filled) : ''}`),
  prompt: (name) => (name === 'welcome' ? '您好，欢迎致电' : name),
  queue: (code) => (code === 'general' ? '综合' : code),
  flow: (code) => code,
}
const of = (node: FlowNode) => summary(node, words)
const asking: FlowDocument = {
  id: 'asking',
  version: 1,
  start: 'greeting',
  handlers: { failed: 'bye', error: 'bye' },
  nodes: {
    greeting: { kind: 'say', say: ['welcome'], next: 'ask' },
    ask: { kind: 'lookup', lookup: 'balance', save: 'account', next: 'has_bill', failed: 'bye' },
    has_bill: { kind: 'condition', cases: [{ when: 'account.bill_minor != null', next: 'bye' }], otherwise: 'bye' },
    bye: { kind: 'hangup', served: true },
  },
}

describe('a node in one line', () => {
  it.each([
    [{ kind: 'say', say: ['welcome'] }, 'flows.sum.quoted{"text":"您好，欢迎致电"}'],
    [{ kind: 'say', say: [{ money: 'account.minor' }] }, 'flows.spoken.money account.minor'],
    [{ kind: 'say', say: [] }, 'flows.sum.nothingSaid'],
    [{ kind: 'menu', choices: { 0: { next: '', label: '人工' }, 2: { next: '' }, 1: { next: '', label: '账单' } } }, '1 账单 2 0 人工'],
    [{ kind: 'queue', queue: 'general' }, 'flows.sum.queue{"queue":"综合"}'],
    [{ kind: 'hours', queue: '' }, 'flows.sum.noQueue'],
    [{ kind: 'collect', save: 'card', minimum: 4, maximum: 6 }, 'flows.sum.collect{"digits":"4–6","save":"card"}'],
    [{ kind: 'lookup', lookup: 'balance', save: 'account' }, 'balance → account'],
    [{ kind: 'set', values: { a: '1', b: "'x'" } }, "a = 1 · b = 'x'"],
    [{ kind: 'hangup', served: true }, 'flows.sum.served'],
  ] as Array<[FlowNode, string]>)('%j', (node, line) => {
    expect(of(node)).toBe(line)
  })

  it('has the name it was given, else that of its kind', () => {
    expect([nameOf({ kind: 'menu', label: '主菜单' }, 'm', words), nameOf({ kind: 'menu' }, 'm', words), nameOf(undefined, 'm', words)]).toEqual(['主菜单', 'flows.kind.menu', 'm'])
  })

  it('says prompts and values alike', () => {
    expect([saidOf('welcome'), saidOf({ prompt: 'welcome' }), saidOf({ date: 'bill.due_on' })]).toEqual([
      { kind: 'prompt', text: 'welcome' }, { kind: 'prompt', text: 'welcome' }, { kind: 'date', text: 'bill.due_on' },
    ])
  })
})

describe('variables at a node', () => {
  const lookups = [{ name: 'balance', arguments: ['customer_id'], answer: ['minor', 'bill_minor'] }]
  it('are those saved on some way there, with what the look-up answers', () => {
    expect(variablesAt(asking, 'has_bill', lookups)).toEqual(expect.arrayContaining(['customer.class', 'account', 'account.minor', 'account.bill_minor']))
  })
  it('are not those saved later', () => {
    expect(variablesAt(asking, 'greeting', lookups).some((one) => one.startsWith('account'))).toBe(false)
  })
})

describe('the way of a simulated contact', () => {
  const event = (node: string, flow = '') => ({ ms: 0, kind: 'step' as const, flow, node, text: '', data: {} })
  it('runs through the nodes it came to, each stay once', () => {
    const path = walked({ events: [event('a'), event('a'), event('b'), event('elsewhere'), event('a'), event('b', 'inside'), event('')], node: 'c', flow: '' }, { a: 1, b: 1, c: 1 })
    expect(path).toEqual(['a', 'b', 'a', 'c'])
    expect(walked({ events: [event('a')], node: 'b', flow: 'inside' }, { a: 1, b: 1 })).toEqual(['a'])
    expect([...walkedEdges(path)]).toEqual(['a→b', 'b→a', 'a→c'])
  })
  it('is told without what only the engine needs', () => {
    const events = [event('a'), { ...event('a'), kind: 'variable' as const }, { ...event('b'), data: { kind: 'say' } }, { ...event('c'), data: { lookup: 'hours', ok: true } }, { ...event('b'), kind: 'say' as const }]
    expect(told(events).map(({ node, kind }) => `${node} ${kind}`)).toEqual(['a step', 'b say'])
    expect(told([{ ...event('done'), flow: 'bills' }, { ...event('find'), flow: 'bills', data: { lookup: 'bss.bill', ok: true } }]).map(({ node }) => node)).toEqual(['find'])
    expect(values({ tenant_id: 'x', topic: 'fault', customer: { id: 'y', name: '王芳', tags: ['老客户', '高流量'], address: null, deep: { a: 1 } }, ani: '' })).toEqual([['topic', 'fault'], ['customer.name', '王芳'], ['customer.tags', '老客户、高流量']])
  })

  it('has times of its own', () => {
    expect([0, 4_900, 61_000].map((ms) => eventTime({ ms }))).toEqual(['0:00', '0:04', '1:01'])
  })
})
