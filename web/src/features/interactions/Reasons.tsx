import { useTranslation } from 'react-i18next'

import type { InteractionDetail } from '@/shared/api/types'
import { codeText } from '@/shared/i18n'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { whyChosen, whyWaited, type Explained } from './reasons'

const explained = (one: InteractionDetail): Explained => ({ ...one, answered: one.agent !== null })

/** The way through self-service, why it waited and why that agent got it: a sentence each. */
export function Reasons({ one, queueName }: { one: InteractionDetail; queueName: (code: string) => string }) {
  const { t } = useTranslation()
  const path = one.path
    .filter((step) => step.key)
    .map((step) => t('reasons.step.pressed', { step: step.label ?? codeText(t, 'node', step.node), key: step.key, choice: step.choice ?? '' }).trim())
    .join(' → ')
  const lines: Array<[string, IconName, string | null]> = [
    ['path', 'keyboard', path || null],
    ['waited', 'clock', whyWaited(explained(one), t, queueName)],
    ['chosen', 'transfer', whyChosen(explained(one), t, queueName)],
  ]
  const shown = lines.filter(([, , text]) => text !== null)
  if (shown.length === 0) return null
  return (
    <dl className="reasons" aria-label={t('reasons.title')}>
      {shown.map(([name, icon, text]) => (
        <div key={name} data-testid={`reason-${name}`}>
          <dt>
            <Icon name={icon} size={14} /> {t(`reasons.${name}Title`)}
          </dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}
