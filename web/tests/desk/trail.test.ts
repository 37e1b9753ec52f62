import { beforeAll, describe as group, expect, it } from 'vitest'
import i18next from 'i18next'

import { describe, inOrder, keptLines, liveLines } from '@/features/trail/describe'
import { startI18n } from '@/shared/i18n'
import type { InteractionDetail, InteractionDocument, TrailLine } from '@/shared/api/types'

const line = (kind: string, data: Record<string, unknown>, text = '', actor = 'system'): TrailLine => ({ at: '2026-11-20T02:00:00Z', kind, actor, data, text })
const read = (one: TrailLine) => describe(one, i18next.t, (code) => ({ general: '人工服务' })[code] ?? code)?.text

group('a line of the trail', () => {
  beforeAll(() => startI18n('zh'))

  it.each([
    [line('flow', { node: 'menu', label: '主菜单', key: '0', choice: '人工服务' }), '主菜单：按 0 人工服务'],
    [line('flow', { node: 'menu', label: '主菜单', key: '7', problem: 'no_match', attempt: 2 }), '主菜单：按 7，无此选项（第 2 次）'],
    [line('flow', { node: 'menu', label: '主菜单', key: null, problem: 'no_input', attempt: 1 }), '主菜单：未按键（第 1 次）'],
    [line('flow', { node: 'pin', label: '密码', save: 'pin', length: 6 }), '密码：输入 6 位，已遮盖'],
    [line('flow', { node: 'b', label: '查询余额', lookup: 'balance', ok: false }), '查询余额：未返回'],
    [line('queue', { queue: 'general' }), '入队 人工服务'],
    [line('offer', { agent: '8001', why: { decided_by: 'only_agent_free', strategy: 'longest_idle' } }), '分给 8001：唯一空闲座席'],
    [line('queue', { diverted: 'voicemail', why: 'closed' }), '因已下班转语音留言'],
    [line('offer', { agent: '8001', failed: 'rona' }), '8001 未接：无人应答'],
    [line('note', {}, '客户很急', '8001'), '客户很急'],
    [line('system', { agent_lost: '8001' }), '8001 的语音断开，客户听音乐等候'],
    [line('system', { restarted_in: 'talk' }), '系统重启，中断于通话中'],
    [line('system', { recording: 'failed' }), '录音未能进行'],
    [line('customer', { customer_id: 'x' }, '', '8001'), '8001 选定客户'],
    [line('message', { message: 'x', template: 'tariff', state: 'delivered' }), '短信“资费”已送达'],
    [line('message', { message: 'x', template: 'code', state: 'refused', reason: 'too_many' }), '短信“验证码”未发送：该号码一小时内条数已满'],
    [line('message', { message: 'x', template: 'outlet', state: 'failed', reason: 'smpp_0x0b' }), '短信“营业网点”发送失败：smpp_0x0b'],
  ])('%o reads %s', (one, text) => {
    expect(read(one)).toBe(text)
  })

  it('steps only a flow’s author cares for are left out', () => {
    expect(read(line('flow', { node: 'who', label: '已识别？', exit: 'balance' }))).toBeUndefined()
    expect(read(line('flow', { node: 'to_agent', label: '人工服务队列', queue: 'general' }))).toBeUndefined()
  })

  it('an unknown code is shown as it is', () => {
    expect(read(line('offer', { agent: '8001', failed: 'struck_by_lightning' }))).toBe('8001 未接：struck_by_lightning')
  })

  it('lines stand in the order of their time', () => {
    const at = (iso: string) => ({ at: iso, icon: 'info' as const, text: iso })
    expect(inOrder([at('2026-01-02T00:00:00Z'), null, at('2026-01-01T00:00:00+00:00')]).map((one) => one.text[9])).toEqual(['1', '2'])
  })

  const name = (code: string) => code
  const at = (second: number) => `2026-11-20T02:00:${String(second).padStart(2, '0')}Z`
  const contact = { started_at: at(0), ani: '13800000001', dnis: '10000', agent_number: '8001' }
  const told = ['来电 138 0000 0001 → 10000', '8001 接听', '保持', '客户很急', '取回，保持 0:22']

  it('a running contact tells of its answer and holds', () => {
    const segment = (second: number, kind: string) => ({ ...line('segment', { segment: kind }), at: at(second) })
    const trail = [segment(10, 'talk'), segment(20, 'hold'), { ...line('note', {}, '客户很急'), at: at(30) }, segment(42, 'talk')]
    const lines = liveLines({ ...contact, trail } as unknown as InteractionDocument, i18next.t, name)
    expect(lines.map((one) => one.text)).toEqual(told)
  })

  it('the contact’s own queue has its name, also at another tenant', () => {
    const trail = [{ ...line('queue', { queue: 'power' }), at: at(5) }]
    const elsewhere = { ...contact, queue: { id: 'q', code: 'power', name: '电力服务' }, trail } as unknown as InteractionDocument
    expect(liveLines(elsewhere, i18next.t, name).at(-1)?.text).toBe('入队 电力服务')
  })

  it('what is said once is not said twice, and who had the customer first is not forgotten', () => {
    const one = (second: number, kind: string, data: Record<string, unknown>, actor = 'system') => ({ ...line(kind, data, '', actor), at: at(second) })
    const trail = [
      one(5, 'queue', { queue: 'vip' }),
      one(5, 'queue', { queue: 'general', moved: true }),
      one(5, 'queue', { step: 'overflow', to: 'general', from: 'vip', when: 'nobody' }),
      one(5, 'offer', { agent: '8001', why: {} }),
      one(8, 'segment', { segment: 'talk' }),
      one(20, 'consult', { agent: '8002' }, '8001'),
      one(20, 'segment', { segment: 'consult' }),
      one(30, 'segment', { segment: 'talk' }),
    ]
    const lines = liveLines({ ...contact, agent_number: '8002', trail } as unknown as InteractionDocument, i18next.t, name).map(({ text }) => text)
    expect(lines.slice(1)).toEqual(['入队 vip', '因无人签入转入general', '分给 8001', '8001 接听', '8001 咨询 8002', '8002 继续通话'])
  })

  it('the end of the call stands in the trail as soon as the wrap-up begins', () => {
    const trail = [{ ...line('segment', { segment: 'talk' }), at: at(10) }]
    const over = { ...contact, state: 'wrapup', state_since: at(50), trail } as unknown as InteractionDocument
    expect(liveLines(over, i18next.t, name).at(-1)).toMatchObject({ at: at(50), text: '通话结束，话后' })
  })

  it('and the same contact tells the same once it is kept', () => {
    const segment = (second: number, kind: string) => ({ kind, started_at: at(second), agent: { number: '8001' } })
    const segments = [segment(0, 'ivr'), segment(5, 'ring'), segment(10, 'talk'), segment(20, 'hold'), segment(42, 'talk'), segment(50, 'wrapup')]
    const trail = [{ ...line('note', {}, '客户很急'), at: at(30) }]
    const lines = keptLines({ ...contact, segments, trail } as unknown as InteractionDetail, i18next.t, name)
    expect(lines.map((one) => one.text)).toEqual([...told, '通话结束，话后'])
  })
})
