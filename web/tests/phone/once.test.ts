import { describe, expect, it } from 'vitest'

import { Once } from '@/features/phone/once'

describe('a command pressed again', () => {
  it('is not sent twice for one state', async () => {
    const once = new Once()
    let release = () => {}
    const first = once.act('i1 talk', () => new Promise<void>((done) => (release = done)))
    expect(await once.act('i1 talk', async () => {})).toBe(false)
    release()
    expect(await first).toBe(true)
    expect(await once.act('i1 talk', async () => {})).toBe(true)
  })

  it('acts at once in the next state, though the first answer has not come back', async () => {
    const once = new Once()
    const sent: string[] = []
    void once.act('i1 talk', () => new Promise<void>(() => sent.push('hold')))
    expect(await once.act('i1 hold', async () => void sent.push('retrieve'))).toBe(true)
    expect(sent).toEqual(['hold', 'retrieve'])
  })

  it('may be tried again after a refusal', async () => {
    const once = new Once()
    await expect(once.act('i1 talk', () => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
    expect(await once.act('i1 talk', async () => {})).toBe(true)
  })
})
