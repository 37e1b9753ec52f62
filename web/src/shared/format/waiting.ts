import type { WhyStep } from '@/shared/api/types'
import { codeText } from '@/shared/i18n'
import { length } from '@/shared/time/format'

type Translate = (key: string, options?: Record<string, unknown>) => string

/** Routing calls it `why`, the trail `step`. */
export const stepName = (step: WhyStep): string => step.why ?? step.step ?? ''

/** What changed for who waits, in a few words; nothing for steps that are not known. */
export function stepTaken(step: WhyStep, t: Translate, queueName: (code: string) => string): string {
  const after = length(step.seconds ?? 0)
  switch (stepName(step)) {
    case 'only':
    case 'preferred': {
      const whom = step.agents?.[0]?.why ?? stepName(step)
      return t('reasons.step.preferred', { whom: codeText(t, 'reasons.whom', whom), time: length(step.seconds ?? 0) })
    }
    case 'skills':
      return t('reasons.step.skills', { after })
    case 'queue':
      return t('reasons.step.queue', { after, queues: (step.queues ?? []).map(queueName).join(t('reasons.or')) })
    case 'site':
      return t('reasons.step.site', { after })
    case 'outbound':
      return t('reasons.step.outbound', { after })
    case 'overflow':
      return t('reasons.step.overflow', { queue: queueName(step.to ?? ''), when: codeText(t, 'reasons.when', step.when) })
    case 'voicemail':
    case 'callback':
    case 'message':
    case 'number':
      return t(`reasons.step.${stepName(step)}`, { after })
    default:
      return ''
  }
}
