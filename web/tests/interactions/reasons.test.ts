import i18next from 'i18next'
import { beforeAll, describe, expect, it } from 'vitest'

import { whyChosen, whyWaited, type Explained } from '@/features/interactions/reasons'
import type { Explanation, KeptWhy } from '@/shared/api/types'
import { en } from '@/shared/i18n/en'
import { zh } from '@/shared/i18n/zh'

let inZh: (key: string, options?: Record<string, unknown>) => string
let inEn: (key: string, options?: Record<string, unknown>) => string

beforeAll(async () => {
  const words = i18next.createInstance()
  await words.init({ lng: 'zh', resources: { zh: { translation: zh }, en: { translation: en } }, interpolation: { escapeValue: false } })
  inZh = words.getFixedT('zh')
  inEn = words.getFixedT('en')
})

const names: Record<string, string> = { general: '综合', vip: '贵宾' }
const queue = (code: string) => names[code] ?? code
const nothing: KeptWhy = { explanation: null, met: null, steps: [], refused: [], handed: [] }
const contact = (explanation: Explanation | null, more: Partial<Explained> = {}): Explained => ({
  direction: 'in', state: 'closed', end_reason: 'customer_hung_up', answered: true, wait_seconds: 34,
  queue: { code: 'general', name: '综合' }, agent: { number: '8001' }, why: { ...nothing, explanation }, ...more,
})
const waited = (one: Explained) => whyWaited(one, inZh, queue)
const chosen = (explanation: Explanation, more: Partial<Explained> = {}) => whyChosen(contact(explanation, more), inZh, queue)
const candidates = (figure?: { name: string; value: number }) => [{ number: '8001', idle_seconds: 125, figure }]
const met = { ahead: 2, members: 6, offline: 1, talking: 3, wrapup: 1, busy: 1 }

describe('why it waited', () => {
  it('says that there was no wait', () => {
    expect(waited(contact({ chosen: 'agent' }, { wait_seconds: 0.2 }))).toBe('有座席空闲，未等待。')
  })
  it('takes the ringing alone for what it is', () => {
    expect(waited(contact({ chosen: 'agent' }, { wait_seconds: 6 }))).toBe('只等了振铃的 0:06。')
  })
  it('counts who was there and what they were doing, and who was ahead', () => {
    expect(waited(contact({ met }))).toBe('等待 0:34：综合在岗的 5 位座席都没有空（3 位通话、1 位话后、1 位示忙）；前面还有 2 位客户。')
    expect(whyWaited(contact({ met }), inEn, queue)).toBe('Waited 0:34: no agent of 综合 was free (5 on duty: 3 talking, 1 in wrap-up, 1 busy); 2 ahead in the queue.')
  })
  it('says that nobody was signed in', () => {
    expect(waited(contact({ met: { ahead: 0, members: 3, offline: 3 } }))).toBe('等待 0:34：综合没有座席签入。')
  })
  it('tells of a preference that ran out, and of free agents who had to let it pass', () => {
    const steps = [{ why: 'preferred', seconds: 20, agents: [{ id: 'x', why: 'last_agent' }] }]
    expect(waited(contact({ met: { ahead: 0, members: 3, ready: 2, talking: 1 }, steps }))).toBe('等待 0:34：综合虽有 2 位空闲，先留给指定的座席；先留给上次接听的座席 0:20。')
  })
  it('tells of free agents without the skills, and of skills that were relaxed', () => {
    const steps = [{ why: 'skills', seconds: 15 }]
    expect(waited(contact({ met: { ahead: 0, members: 2, ready: 1, talking: 1 }, steps }))).toBe('等待 0:34：综合有 1 位空闲，但都不合技能或职场要求；0:15 后放宽技能要求。')
  })
  it('tells of help from other queues and sites, and of an overflow on entering', () => {
    const steps = [{ why: 'overflow', when: 'nobody', from: 'vip', to: 'general', seconds: 0 }, { why: 'queue', seconds: 60, queues: ['vip'] }, { why: 'site', seconds: 90 }]
    expect(waited(contact({ met: { ahead: 0, members: 1, talking: 1 }, steps }))).toBe('等待 0:34：综合在岗的 1 位座席都没有空（1 位通话）；因无人签入转入综合；1:00 后贵宾的座席也来帮忙；1:30 后其他职场的座席也来帮忙。')
  })
  it('names who was rung and did not take it; who lost a race took part in none', () => {
    const why = { ...nothing, refused: [{ agent: '8002', reason: 'rona' }, { agent: '8003', reason: 'taken' }] }
    expect(waited(contact(null, { why }))).toBe('等待 0:34：其间 8002 无人应答。')
  })
  it('explains who gave up by what they met and what the trail tells', () => {
    const why = { ...nothing, met: { ahead: 3, members: 1, talking: 1 }, steps: [{ step: 'skills', seconds: 15 }] }
    expect(waited(contact(null, { why, answered: false, agent: null, end_reason: 'abandoned' }))).toBe('等待 0:34 后挂机：综合在岗的 1 位座席都没有空（1 位通话）；前面还有 3 位客户；0:15 后放宽技能要求。')
  })
  it('claims no more than it knows of who was offered to nobody', () => {
    expect(waited(contact(null, { answered: false, agent: null, end_reason: 'abandoned' }))).toBe('等待 0:34，没有分到座席。')
  })
  it('says nothing of who was never in a queue', () => {
    expect(waited(contact(null, { queue: null }))).toBeNull()
  })
})

describe('why that agent', () => {
  it.each<[Explanation, string]>([
    [{ chosen: 'agent', decided_by: 'only_agent_free', candidates: candidates() }, '当时只有 8001 空闲。'],
    [{ chosen: 'agent', decided_by: 'longest_idle', considered: 3, candidates: candidates() }, '3 位空闲座席中 8001 空闲最久（2:05）。'],
    [{ chosen: 'agent', decided_by: 'least_occupied', considered: 3, candidates: candidates({ name: 'occupancy', value: 0.346 }) }, '3 位空闲座席中 8001 占用率最低（35 %）。'],
    [{ chosen: 'agent', decided_by: 'round_robin', considered: 2, candidates: candidates({ name: 'turns_ago', value: 4 }) }, '2 位空闲座席轮流，轮到 8001（隔了 4 次）。'],
    [{ chosen: 'agent', decided_by: 'most_skilled', considered: 2, candidates: candidates({ name: 'skill', value: 5 }) }, '2 位空闲座席中 8001 技能最高（5 级）。'],
    [{ chosen: 'agent', decided_by: 'least_skilled_sufficient', considered: 2, candidates: candidates({ name: 'skill', value: 2 }) }, '2 位空闲座席中 8001 技能够用（2 级），把更高技能留给别的客户。'],
    [{ chosen: 'agent', decided_by: 'fixed_order', considered: 2, candidates: candidates({ name: 'position', value: 1 }) }, '2 位空闲座席按固定顺序，8001 最先（第 1 位）。'],
    [{ chosen: 'everybody', decided_by: 'ring_all', considered: 4, candidates: [{ number: '8009' }] }, '4 位空闲座席同时振铃，8001 先接起。'],
    [{ chosen: 'person', decided_by: 'last_agent', candidates: candidates() }, '8001 是上次接听这位客户的座席。'],
    [{ chosen: 'person', decided_by: 'manager', candidates: candidates() }, '8001 是这位客户的客户经理。'],
    [{ chosen: 'person', decided_by: 'owner', candidates: candidates() }, '8001 负责这位客户的事。'],
    [{ chosen: 'person', decided_by: 'only', candidates: candidates() }, '转接时指定了 8001。'],
  ])('%o', (explanation, sentence) => {
    expect(chosen(explanation)).toBe(sentence)
  })
  it('says who was passed when an agent became free, and what the class counts for', () => {
    const queues = [{ queue: 'general', waited_seconds: 34, class: 'gold' }, { queue: 'vip', waited_seconds: 5, class: 'normal' }]
    const explanation: Explanation = { chosen: 'contact', decided_by: 'first_agent_to_become_free', queues, customer_class: 'gold', head_start_seconds: 180, candidates: candidates(), served_by_queue: 'vip' }
    expect(chosen(explanation)).toBe('客户等待中，8001 最先空出来；先于其余 1 位等待者；金卡客户按提前 3:00 排队；由贵宾的座席增援。')
    expect(whyChosen(contact(explanation), inEn, queue)).toBe('The customer was waiting, and 8001 was the first to become free; with 1 more waiting behind; Gold counts as 3:00 longer; agents of 贵宾 were helping out.')
  })
  it('tells of an ordinary customer of an urgent queue, and of a colleague who took it over', () => {
    const explanation: Explanation = { chosen: 'contact', decided_by: 'first_agent_to_become_free', customer_class: 'normal', head_start_seconds: 60, candidates: candidates() }
    const why = { ...nothing, explanation, handed: [{ by: '8001', agent: '8020', queue: null, number: null }] }
    expect(whyChosen(contact(explanation, { why, agent: { number: '8020' } }), inZh, queue)).toBe('客户等待中，8001 最先空出来；队列优先，按提前 1:00 排队；随后由 8001 转给 8020。')
  })
  it('says of a call of ours who made it', () => {
    expect(whyChosen(contact(null, { direction: 'out' }), inZh, queue)).toBe('由 8001 自己呼出。')
  })
  it('shows a reason it does not know rather than nothing', () => {
    expect(chosen({ chosen: 'agent', decided_by: 'by_the_stars', candidates: candidates() })).toBe('分给 8001：by_the_stars。')
  })
  it('says nothing when nobody was offered it', () => {
    expect(whyChosen(contact(null), inZh, queue)).toBeNull()
  })
})
