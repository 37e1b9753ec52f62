import { describe, expect, it } from 'vitest'

import { changesOf, movedUp, ruleWith, ruleWrong, tabOf, waysOf, wishWith, wishWrong, wrongTabs } from '@/features/queues/settings'
import type { Queue } from '@/shared/api/admin'

const queue = { id: '1', code: 'fault', name: '故障', skills: [], overflows: [], calendar_id: null, treatment: { music: 'queue_music' } } as unknown as Queue
const wait = { when: 'wait', to: 'queue', limit: 60, target: 'general' } as const
const wish = { skill_id: '7', level: 3, required: true, relax_after: null, relax_to: 0 }

describe('what is sent', () => {
  it('is only what is different, however deep', () => {
    expect(changesOf(queue, { name: '故障', treatment: { ...queue.treatment } })).toEqual({})
    expect(changesOf(queue, { name: '报修', calendar_id: null, treatment: { ...queue.treatment, music: 'hold_music' } })).toEqual({ name: '报修', treatment: { music: 'hold_music' } })
  })
})

describe('a rule of overflow', () => {
  it('asks other sites after a wait only', () => {
    expect(waysOf('wait')).toContain('site')
    expect(waysOf('nobody')).not.toContain('site')
    expect(ruleWith({ ...wait, to: 'site', target: '' }, { when: 'closed' })).toEqual({ when: 'closed', to: 'queue', limit: 0, target: '' })
  })
  it('keeps what still makes sense when it changes', () => {
    expect(ruleWith(wait, { when: 'nobody' })).toEqual({ when: 'nobody', to: 'queue', limit: 0, target: 'general' })
    expect(ruleWith(wait, { when: 'length' }).limit).toBe(20)
    expect(ruleWith(wait, { to: 'message' }).target).toBe('')
    expect(ruleWith(wait, { limit: 90 })).toEqual({ ...wait, limit: 90 })
    expect(ruleWith(wait, { target: 'vip' }).target).toBe('vip')
  })
  it('says what is missing', () => {
    expect(ruleWrong(wait, 'fault')).toBeUndefined()
    expect(ruleWrong({ ...wait, limit: 0 }, 'fault')).toBe('queueSet.wrong.limit')
    expect(ruleWrong({ ...wait, target: '' }, 'fault')).toBe('queueSet.wrong.target')
    expect(ruleWrong(wait, 'general')).toBe('queueSet.wrong.self')
    expect(ruleWrong({ ...wait, to: 'number', target: '0571-88' }, 'fault')).toBe('queueSet.wrong.number')
    expect(ruleWrong({ ...wait, to: 'number', target: '+8657188126620' }, 'fault')).toBeUndefined()
    expect(ruleWrong({ when: 'nobody', to: 'voicemail', limit: 0, target: '' }, 'fault')).toBeUndefined()
  })
  it('moves up, the first one nowhere', () => {
    expect(movedUp(['a', 'b', 'c'], 2)).toEqual(['a', 'c', 'b'])
    expect(movedUp(['a', 'b'], 0)).toEqual(['a', 'b'])
  })
})

describe('a wish for a skill', () => {
  it('relaxes when it is only preferred, and to less than before', () => {
    expect(wishWith(wish, { required: false })).toMatchObject({ relax_after: 30, relax_to: 0 })
    expect(wishWith({ ...wish, relax_after: 20, relax_to: 2 }, { level: 2 })).toMatchObject({ level: 2, relax_to: 1 })
    expect(wishWith({ ...wish, relax_after: 20, relax_to: 2 }, { relax_after: null })).toMatchObject({ relax_after: null, relax_to: 0 })
  })
  it('says what is wrong', () => {
    expect(wishWrong(wish)).toBeUndefined()
    expect(wishWrong({ ...wish, required: false })).toBe('queueSet.relaxMissing')
    expect(wishWrong({ ...wish, relax_after: 10, relax_to: 3 })).toBe('queueSet.relaxWrong')
  })
})

describe('the tabs', () => {
  it('are marked where something is wrong', () => {
    expect(wrongTabs(queue)).toEqual([])
    expect(wrongTabs({ ...queue, name: ' ', skills: [{ ...wish, required: false }], overflows: [{ ...wait, limit: 0 }] })).toEqual(['basics', 'whom', 'overflow'])
  })
  it('show a refusal where it belongs', () => {
    expect(tabOf({ code: 'overflow_circle' })).toBe('overflow')
    expect(tabOf({ code: 'network' })).toBeUndefined()
    expect(tabOf(null)).toBeUndefined()
  })
})
