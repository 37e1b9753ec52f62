import { describe, expect, it } from 'vitest'

import { problemWords, repairOf, sorted } from '@/features/flows/checks'
import { differences } from '@/features/flows/differences'
import { openExits } from '@/features/flows/kinds'
import { withOpenExits } from '@/features/flows/problems'
import type { FlowDocument, FlowProblem } from '@/features/flows/types'
import type { Words } from '@/features/flows/words'
import { flowsEn } from '@/shared/i18n/flows.en'
import { flowsZh } from '@/shared/i18n/flows.zh'

const words: Words = {
  t: (key, values) => (typeof values?.defaultValue === 'string' ? values.defaultValue : `${key}${values ? JSON.stringify(values) : ''}`),
  prompt: (name) => (name === 'welcome' ? '您好' : name),
  queue: (code) => (code === 'general' ? '综合' : code),
  flow: (code) => code,
}
const broken: FlowDocument = {
  id: 'broken',
  version: 1,
  start: 'ask',
  handlers: { failed: 'agent', error: '' },
  nodes: {
    ask: { kind: 'lookup', label: '故障申告', lookup: 'bss.outage', save: 'outage', next: '', failed: '', at: [0, 0] },
    lost: { kind: 'say', next: 'agent', at: [240, 0] },
    agent: { kind: 'queue', label: '转人工', queue: 'general', at: [480, 0] },
  },
}
/** All codes of flows/checking.py and of what the flow store adds. */
const found_by_the_centre = 'schema open_exit no_such_node minimum_above_maximum confirm_secret star_twice nothing_to_pay bad_expression key_twice too_many_words word_twice error_must_end unreachable busy_loop no_end no_such_queue no_such_lookup no_such_template wrong_values no_such_prompt no_english flow_circle flow_too_deep no_such_flow'.split(' ')
const problem = (node: string, code: string, exit = '', severity: FlowProblem['severity'] = 'error', message = ''): FlowProblem => ({ node, exit, severity, code, message })

describe('a field that is empty', () => {
  it('is named, not quoted from the schema', () => {
    const said = problemWords({ id: 'a', version: 1, start: 'a', handlers: { failed: '', error: '' }, nodes: {} }, { node: 'a', exit: '', severity: 'error', code: 'schema', message: "queue: '' should be non-empty" }, { t: (key, values) => `${key} ${String(values?.['field'] ?? '')}`, prompt: String, queue: String, flow: String })
    expect(said).toBe('flows.problem.missing flows.field.queue ')
  })
})

describe('what is wrong, in words', () => {
  it('names the exit that is open', () => {
    expect(problemWords(broken, problem('ask', 'open_exit', 'failed'), words)).toBe('flows.problem.open_exit{"exit":"flows.exit.failed"}')
    expect(problemWords(broken, problem('', 'open_exit', 'handlers.error'), words)).toBe('flows.problem.open_frame{"exit":"flows.settings.error"}')
  })

  it('names the nodes of a circle as the canvas does', () => {
    expect(problemWords(broken, problem('ask', 'busy_loop', '', 'error', 'goes round without waiting: ask → lost → ask'), words)).toContain('故障申告 → flows.kind.say → 故障申告')
  })

  it('names what a template takes', () => {
    expect(problemWords(broken, problem('ask', 'wrong_values', '', 'warning', 'the template order_received takes no, until'), words)).toBe('flows.problem.wrong_values{"exit":"","detail":"no, until"}')
    expect(problemWords(broken, problem('ask', 'wrong_values', '', 'warning', 'the template hello takes '), words)).toContain('flows.compare.nothing')
  })

  it('every problem the centre may find has words', () => {
    for (const code of found_by_the_centre) for (const said of [flowsZh, flowsEn]) expect(said.flows.problem, code).toHaveProperty(code)
    for (const code of found_by_the_centre) expect(problemWords(broken, problem('ask', code), words), code).toContain('flows.problem.')
  })

  it('says what is new as the centre says it', () => {
    expect(problemWords(broken, problem('ask', 'something_new', '', 'error', 'the moon is full'), words)).toBe('the moon is full')
  })

  it('errors come before warnings', () => {
    const all = [problem('a', 'x', '', 'warning'), problem('b', 'y'), problem('a', 'z')]
    expect(sorted(all).map(({ code }) => code)).toEqual(['z', 'y', 'x'])
  })
})

describe('repairs with one press', () => {
  it('an open exit is connected', () => {
    const repair = repairOf(broken, problem('ask', 'open_exit', 'failed'), words)
    expect(repair?.text).toContain('转人工')
    expect(repair?.document.nodes.ask?.failed).toBe('agent')
    expect(repairOf(broken, problem('ask', 'open_exit', 'next'), words)?.document.nodes.ask?.next).toBe('lost')
  })

  it('a handler that is missing takes the queue', () => {
    expect(repairOf(broken, problem('', 'open_exit', 'handlers.error'), words)?.document.handlers.error).toBe('agent')
  })

  it('what nothing leads to is deleted', () => {
    expect(Object.keys(repairOf(broken, problem('lost', 'unreachable'), words)?.document.nodes ?? {})).toEqual(['ask', 'agent'])
  })

  it('what needs thinking has none', () => {
    expect(repairOf(broken, problem('ask', 'bad_expression'), words)).toBeNull()
  })
})

describe('problems while one draws', () => {
  it('an exit just opened is wrong at once, one just closed is right at once', () => {
    const told = [problem('ask', 'open_exit', 'next'), problem('gone', 'unreachable')]
    expect(withOpenExits(broken, told).map(({ node, exit }) => `${node}.${exit}`)).toEqual(['ask.next', 'ask.failed'])
    const mended = repairOf(broken, problem('ask', 'open_exit', 'next'), words)?.document as FlowDocument
    expect(openExits(mended, 'ask').map(({ id }) => id)).toEqual(['failed'])
    expect(withOpenExits(mended, told).map(({ exit }) => exit)).toEqual(['failed'])
  })
})

describe('what differs between two versions', () => {
  it('only the choice that differs, nodes by their names', () => {
    const one = { 1: { label: '移机', next: 'agent' }, 2: { label: '测速', next: 'agent' } }
    const other = { 1: { label: '移机', next: 'ask' }, 2: { label: '网速', next: 'agent' } }
    expect(differences([{ name: 'choices', one, other }], broken, words).map(({ name, one: was, other: is }) => [name, was, is])).toEqual([
      ['1 flows.panel.leadsTo', '转人工', '故障申告'],
      ['2 flows.panel.label', '测速', '网速'],
    ])
  })

  it('a choice that is new, a sentence, a queue, a switch', () => {
    const found = differences(
      [
        { name: 'choices', one: {}, other: { 3: { next: 'lost' } } },
        { name: 'say', one: ['welcome'], other: ['welcome', { money: 'a.minor' }] },
        { name: 'queue', one: 'general', other: null },
        { name: 'secret', one: null, other: true },
      ],
      broken,
      words,
    )
    expect(found.map(({ one, other }) => [one, other])).toEqual([['', 'flows.kind.say'], ['您好', '您好 · flows.spoken.money a.minor'], ['综合', ''], ['', 'flows.panel.yes']])
  })
})
