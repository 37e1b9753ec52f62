import { describe, expect, it } from 'vitest'

import { possible, readCallbacksFilter } from '@/features/callbacks/callbacks'

describe('callbacks', () => {
  it('the address keeps what was chosen and nothing else', () => {
    expect(readCallbacksFilter({ state: 'failed', queue: 10, what: 'voicemail', x: 1 })).toEqual({ state: 'failed', queue: '10', what: 'voicemail' })
    expect(readCallbacksFilter({ state: 'open', what: 'fax' })).toEqual({})
  })
  it('what would be refused is not offered', () => {
    expect(possible({ state: 'waiting', number: '13800000001' })).toEqual({ putOff: true, cancel: true, finish: true, again: false })
    expect(possible({ state: 'dialling', number: '13800000001' })).toEqual({ putOff: false, cancel: true, finish: false, again: false })
    expect(possible({ state: 'done', number: '13800000001' })).toEqual({ putOff: false, cancel: false, finish: false, again: false })
  })
  it('a message without a number is heard, never called', () => {
    expect(possible({ state: 'waiting', number: '' })).toMatchObject({ putOff: false, finish: true })
    expect(possible({ state: 'failed', number: '' }).again).toBe(false)
  })
})
