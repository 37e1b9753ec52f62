import { describe, expect, it } from 'vitest'

import { failures, handedBy } from '@/features/phone/handed'
import type { TrailLine } from '@/shared/api/types'

let second = 0
const line = (kind: string, actor: string, data: Record<string, unknown> = {}, text = ''): TrailLine => {
  second += 1
  return { at: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(), kind, actor, data, text } as TrailLine
}
const later = () => (second += 60)

describe('who passed the customer on', () => {
  it('is nobody when the centre gave the contact', () => {
    expect(handedBy({ trail: [line('queue', 'system'), line('offer', 'system', { agent: '8002' }), line('note', '8001', {}, 'x')] }, '8002')).toBeNull()
  })

  it('is the agent who sent it, with the note written for it', () => {
    const trail = [line('note', '8001', {}, 'wants the bill'), line('transfer', '8001', { agent: '8002', kind: 'blind' }), line('offer', 'system', { agent: '8002' })]
    expect(handedBy({ trail }, '8002')).toEqual({ by: '8001', note: 'wants the bill', how: 'transferred' })
    expect(handedBy({ trail }, '8001')).toBeNull()
  })

  it('is who asks, and stays who handed it over with the note of the question', () => {
    const trail = [line('note', '8001', {}, 'an old one')]
    later()
    trail.push(line('consult', '8001', { agent: '8002' }), line('note', '8001', {}, 'is this price right?'))
    expect(handedBy({ trail }, '8002')).toEqual({ by: '8001', note: 'is this price right?', how: 'asked' })
    later()
    trail.push(line('transfer', '8001', { agent: '8002', kind: 'attended' }))
    expect(handedBy({ trail }, '8002')).toEqual({ by: '8001', note: 'is this price right?', how: 'transferred' })
  })

  it('is nobody again when it did not arrive', () => {
    const trail = [line('transfer', '8001', { agent: '8003' }), line('transfer', 'system', { agent: '8003', failed: 'busy' })]
    expect(handedBy({ trail }, '8002')).toBeNull()
    expect(failures({ id: 'i', trail }).map(({ kind, whom, why }) => [kind, whom, why])).toEqual([['transfer', '8003', 'busy']])
    expect(failures({ id: 'i', trail: [line('callback', 'system', { result: 'denied' })] })[0]?.why).toBe('denied')
  })
})
