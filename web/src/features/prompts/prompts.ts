import { api } from '@/shared/api/client'
import type { ItemOf } from '@/shared/api/answers'

export type Prompt = ItemOf<'/api/v1/prompts'>
export type Tongue = 'zh' | 'en'
export type Sound = NonNullable<Prompt['languages'][Tongue]>

export const tongues = ['zh', 'en'] as const
export const most_bytes = 10 * 1024 * 1024
export const accepted = '.wav,.mp3,.ogg,.oga,.opus,.flac,.m4a,.mp4,.webm,audio/*'

const codes = { zh: 'zh-CN', en: 'en' } as const

export const path = (name: string, tongue: Tongue) => `/prompts/${name}/${codes[tongue]}`

export const textOf = (prompt: Prompt, tongue: Tongue) => (tongue === 'zh' ? prompt.text_zh : prompt.text_en)

/** What a list shows of its words: those of the reader's language, else the others. */
export const wordsOf = (prompt: Prompt, tongue: Tongue) => textOf(prompt, tongue) || textOf(prompt, tongue === 'zh' ? 'en' : 'zh')

/** Whether there is anything to hear: words alone are spoken by a voice, if there is one. */
export const heard = (sound: Sound | null): sound is Sound & { seconds: number } => typeof sound?.seconds === 'number'

export const nameWrong = (name: string): string | undefined => (/^[a-z][a-z0-9_]{0,63}$/.test(name) ? undefined : 'prompts.fresh.nameWrong')

/** A name for what is in a file, as far as its own can be one. */
export function nameOf(file: string): string {
  const plain = file
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
  return plain.slice(0, 64)
}

/** 1.2 s, 12 s, 1:05: as exact as anybody wants to know it. */
export function length(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole >= 60) return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
  return `${seconds < 10 ? seconds.toFixed(1) : whole} s`
}

export interface Kept {
  text?: string
  file?: Blob
  source?: 'file' | 'microphone'
}

/** Put words, a sound, or both in force. */
export function keep(name: string, tongue: Tongue, { text, file, source = 'file' }: Kept): Promise<Prompt> {
  const form = new FormData()
  if (text !== undefined) form.append('text', text)
  if (file) {
    form.append('source', source)
    form.append('file', file, file instanceof File ? file.name : 'microphone')
  } else form.append('source', source)
  return api.put<Prompt>(path(name, tongue), form)
}

export const filters = ['all', 'own', 'shipped', 'silent'] as const
export type Filter = (typeof filters)[number]

const passes: Record<Filter, (prompt: Prompt) => boolean> = {
  all: () => true,
  own: ({ own }) => own,
  shipped: ({ shipped, own }) => shipped && !own,
  silent: ({ languages }) => !heard(languages.zh) || !heard(languages.en),
}

export function shown(prompts: readonly Prompt[], q: string, filter: Filter): Prompt[] {
  const wanted = q.trim().toLowerCase()
  return prompts.filter((prompt) => passes[filter](prompt) && [prompt.name, prompt.text_zh, prompt.text_en].some((text) => text.toLowerCase().includes(wanted)))
}
