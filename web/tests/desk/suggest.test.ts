import { describe, expect, it } from 'vitest'

import { suggested } from '@/features/desk/suggest'
import type { Disposition } from '@/shared/api/queues'
import type { InteractionDocument } from '@/shared/api/types'

const one = (code: string, name: string, parent_id: string | null = null) => ({ id: code, code, name, name_en: '', parent_id, position: 0, needs_note: false, active: true, queue_ids: [] }) as Disposition
const choices = [
  one('inquiry', '业务咨询'), one('billing', '账单费用'), one('billing_dispute', '费用争议', 'billing'), one('fault', '故障申告'), one('fault_slow', '网速慢', 'fault'),
  one('complaint', '投诉'), one('business', '业务办理'), one('business_install', '新装移机', 'business'), one('other', '其他'),
]
const contact = (...lines: Array<[string, Record<string, unknown>]>) => ({ trail: lines.map(([kind, data]) => ({ at: '', kind, actor: '8001', data, text: '' })), why: {} }) as unknown as InteractionDocument
const code = (...lines: Array<[string, Record<string, unknown>]>) => suggested(choices, contact(...lines))?.code

describe('what a contact was about', () => {
  it.each([
    [[], undefined],
    [[['business_submitted', { kind: 'bill_dispute', name: '账单争议' }]], 'billing_dispute'],
    [[['business_submitted', { kind: 'fault', name: '故障申告' }]], 'fault'],
    [[['business_submitted', { kind: 'street_lamp', name: '故障路灯' }]], 'fault'],
    [[['business_opened', { kind: 'broadband_move' }]], 'business_install'],
    [[['business_submitted', { kind: 'fault' }], ['business_opened', { kind: 'bill_dispute' }]], 'fault'],
    [[['business_submitted', { kind: 'fault' }], ['business_submitted', { kind: 'bill_dispute' }]], 'billing_dispute'],
    [[['script_done', { script: 'x', disposition: 'complaint' }]], 'complaint'],
    [[['offer_result', { name: '业务办理', result: 'declined' }]], undefined],
    [[['flow', { node: 'menu', key: '2', choice: '账单查询' }]], 'billing'],
    [[['flow', { node: 'menu', key: '3', choice: '故障报修' }]], 'fault'],
    [[['flow', { node: 'menu', key: '0', choice: '人工服务' }]], undefined],
    [[['flow', { node: 'menu', key: '1', choice: '业务' }]], undefined],
    [[['flow', { node: 'menu', key: '1', choice: '办理业务' }]], 'business'],
  ] as Array<[Array<[string, Record<string, unknown>]>, string | undefined]>)('%o is %s', (lines, expected) => {
    expect(code(...lines)).toBe(expected)
  })

  it('what this queue does not offer is not proposed', () => {
    expect(suggested([one('other', '其他')], contact(['business_submitted', { kind: 'fault' }]))).toBeUndefined()
  })
})
