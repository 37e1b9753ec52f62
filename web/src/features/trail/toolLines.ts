import i18next from 'i18next'

import type { TrailLine } from '@/shared/api/types'
import { codeText } from '@/shared/i18n'
import { dayTime } from '@/shared/time/format'
import type { IconName } from '@/shared/ui/icons'
import type { Line } from './describe'

type Translate = (key: string, options?: Record<string, unknown>) => string

/** The kinds of lines that the tools beside the desk leave in the trail. */
export const toolIcons: Record<string, IconName> = {
  callback_booked: 'phone',
  business_opened: 'receipt',
  business_submitted: 'checkCircle',
  script_started: 'message',
  script_step: 'message',
  script_done: 'message',
  offer_shown: 'tag',
  offer_result: 'tag',
  expert_asked: 'consult',
  expert_answered: 'consult',
  message_sent: 'mail',
}

const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** The first that says something. */
const first = (data: Record<string, unknown>, ...names: string[]): string => names.map((name) => word(data[name])).find(Boolean) ?? ''

const joined = (...parts: string[]): string => parts.filter(Boolean).join(' ')

/** What a tool noted: `data` has codes and short public names, `text` words of a person. */
export function toolLine({ at, kind, data, text }: TrailLine, t: Translate): Line {
  const icon = toolIcons[kind] ?? 'info'
  const name = (i18next.language === 'en' && word(data.name_en)) || first(data, 'name', 'title', 'kind', 'script', 'offer', 'code')
  const result = word(data.result_name) || codeText(t, 'trail.outcome', first(data, 'result', 'outcome'))
  switch (kind) {
    case 'business_submitted':
      return { at, icon, tone: 'ok', text: t('trail.tool.business_submitted'), thing: joined(name, first(data, 'no', 'record_no')) }
    case 'callback_booked':
      return { at, icon, text: t('trail.booked'), thing: word(data.due_at) && dayTime(word(data.due_at), Date.parse(at), i18next.language) }
    case 'script_step':
      return { at, icon, text: t('trail.tool.script_step'), thing: joined(first(data, 'step_name', 'label', 'step'), first(data, 'branch', 'answer', 'choice') && `→ ${first(data, 'branch', 'answer', 'choice')}`) || name }
    case 'script_done':
      return result ? { at, icon, text: t('trail.tool.script_doneAs', { name }), thing: result } : { at, icon, text: t('trail.tool.script_done'), thing: name }
    case 'offer_result':
      return { at, icon, tone: word(data.result) === 'accepted' ? 'ok' : undefined, text: t('trail.tool.offer_result', { name }), thing: result }
    case 'expert_asked':
    case 'expert_answered':
      return { at, icon, tone: 'accent', text: joined(t(`trail.tool.${kind}`, { whom: first(data, 'expert_name', 'expert', 'skill') }), text && `“${text}”`) }
    case 'message_sent':
      return { at, icon, text: data.channel ? t('trail.tool.messageTo', { channel: codeText(t, 'trail.medium', word(data.channel)) }) : t('trail.tool.message_sent'), thing: name }
    default:
      return { at, icon, text: t(`trail.tool.${kind}`), thing: name }
  }
}
