import i18next from 'i18next'
import { beforeAll, describe, expect, it } from 'vitest'

import { describe as told } from '@/features/trail/describe'
import { startI18n } from '@/shared/i18n'
import type { TrailLine } from '@/shared/api/types'

const line = (kind: string, data: Record<string, unknown>, text = ''): TrailLine => ({ at: '2026-11-20T02:00:00Z', kind, actor: '8001', data, text })
const read = (one: TrailLine) => {
  const { text = '', thing = '' } = told(one, i18next.t) ?? {}
  return `${text} ${thing}`.trim()
}

describe('what the tools leave in the trail', () => {
  beforeAll(() => startI18n('zh'))

  it.each([
    [line('business_opened', { kind: 'relocation', name: '宽带移机' }), '打开 宽带移机'],
    [line('business_opened', { kind: 'relocation' }), '打开 relocation'],
    [line('business_submitted', { name: '账单争议', no: 'B-17' }), '已提交 账单争议 B-17'],
    [line('script_started', { name: '宽带移机' }), '话术 宽带移机'],
    [line('script_step', { step: 2, label: '是否在家', branch: '在' }), '话术： 是否在家 → 在'],
    [line('script_done', { name: '宽带移机', result: 'done' }), '话术 宽带移机： 完成'],
    [line('offer_shown', { name: '5G 畅享' }), '推荐 5G 畅享'],
    [line('offer_result', { name: '5G 畅享', result: 'declined' }), '推荐 5G 畅享： 不需要'],
    [line('expert_asked', { expert: '8002' }, '能否减免'), '求助 8002 “能否减免”'],
    [line('expert_answered', { expert: '8002' }, '可以'), '8002 答复 “可以”'],
    [line('message_sent', { channel: 'sms' }), '已发短信'],
  ])('%o reads %s', (one, text) => {
    expect(read(one)).toBe(text)
  })
})
