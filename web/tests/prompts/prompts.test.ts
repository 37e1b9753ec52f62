import { expect, test } from 'vitest'

import { length, nameOf, nameWrong, shown, wordsOf, type Prompt } from '@/features/prompts/prompts'
import { unfit } from '@/features/prompts/PromptSheet'

const sound = (own: boolean, seconds: number | null = 2) => ({ own, seconds, source: null, warnings: [], by: null, at: null })

const prompt = (name: string, more: Partial<Prompt> = {}): Prompt => ({
  name,
  own: false,
  shipped: true,
  text_zh: '您好',
  text_en: 'Hello',
  languages: { zh: sound(false), en: sound(false) },
  used_in: [],
  queues: [],
  ...more,
})

test('a list is found by name and words, and by what it lacks', () => {
  const own = prompt('spring', { own: true, shipped: false, text_zh: '春季优惠', text_en: '', languages: { zh: sound(true), en: null } })
  const changed = prompt('goodbye', { own: true, languages: { zh: sound(true, null), en: sound(false) } })
  const all = [prompt('greeting'), own, changed]
  const names = (q: string, filter: Parameters<typeof shown>[2]) => shown(all, q, filter).map(({ name }) => name)
  expect(names('优惠', 'all')).toEqual(['spring'])
  expect(names(' HELLO ', 'all')).toEqual(['greeting', 'goodbye'])
  expect(names('', 'own')).toEqual(['spring', 'goodbye'])
  expect(names('', 'shipped')).toEqual(['greeting'])
  expect(names('', 'silent')).toEqual(['spring', 'goodbye'])
})

test('the words of the other language stand in', () => {
  expect(wordsOf(prompt('a', { text_en: '' }), 'en')).toBe('您好')
  expect(wordsOf(prompt('a'), 'en')).toBe('Hello')
})

test('a file gives a name as far as it can', () => {
  expect(nameOf('Spring Offer (2).WAV')).toBe('spring_offer_2')
  expect(nameOf('2026 春季.mp3')).toBe('')
  expect(nameWrong(nameOf('Spring.wav'))).toBeUndefined()
  expect(nameWrong('')).toBe('prompts.fresh.nameWrong')
  expect(nameWrong('Spring')).toBe('prompts.fresh.nameWrong')
})

test('lengths are as exact as anybody wants to know them', () => {
  expect([1.24, 12.4, 65].map(length)).toEqual(['1.2 s', '12 s', '1:05'])
})

test('why a sound is refused is said in the reader’s language', () => {
  const t = (key: string) => key
  expect(unfit('nothing', t)).toBe('prompts.unfit.nothing')
  expect(unfit('large', t)).toBe('prompts.unfit.large')
  expect(unfit(undefined, t)).toBe('prompts.unfit.damaged')
  expect(unfit('of a newer centre', t)).toBe('prompts.unfit.damaged')
})
