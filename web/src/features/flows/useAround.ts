import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { useFlows, useLookUpLines, usePromptLines, useQueueLines } from './api'
import type { Around } from './NodeForm'
import type { FlowLine } from './types'
import type { Words } from './words'

/** What a flow may speak of, and how that is called in the language of the screen. */
export function useAround(code: string): { around: Around; words: Words; flows: readonly FlowLine[] } {
  const { t, i18n } = useTranslation()
  const prompts = usePromptLines()
  const lookups = useLookUpLines()
  const queues = useQueueLines()
  const flows = useFlows().rows
  const around = useMemo(() => ({ prompts, lookups, queues, flows: flows.filter((one) => one.code !== code) }), [prompts, lookups, queues, flows, code])
  const words = useMemo((): Words => {
    const said = new Map(prompts.map((one) => [one.name, (i18n.language === 'en' ? one.text_en : one.text_zh) || one.text_zh]))
    const named = new Map(queues.map((one) => [one.code, one.name]))
    const called = new Map(flows.map((one) => [one.code, one.name]))
    return { t: (key, values) => t(key, values ?? {}), prompt: (name) => said.get(name) ?? name, queue: (name) => named.get(name) ?? name, flow: (name) => called.get(name) ?? name }
  }, [t, i18n.language, prompts, queues, flows])
  return { around, words, flows }
}
