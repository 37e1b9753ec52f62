import { useTranslation } from 'react-i18next'

import { useAll } from '@/shared/api/lists'
import type { Prompt } from '@/shared/api/queues'

/** Prompts as choices, by what they say in the language of the screen; music by its name. */
export function usePrompts() {
  const { i18n } = useTranslation()
  const { rows } = useAll<Prompt>('/queues/prompts')
  const said = (prompt: Prompt) => prompt.text[i18n.language === 'en' ? 'en' : 'zh-CN'] ?? prompt.name
  const choices = (kind: Prompt['kind']) => rows.filter((one) => one.kind === kind).map((one) => ({ value: one.name, label: kind === 'music' ? one.name : said(one), title: one.name }))
  return { music: choices('music'), sentences: choices('sentence') }
}
