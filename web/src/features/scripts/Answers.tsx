import { useTranslation } from 'react-i18next'

import type { RunStep } from '@/shared/api/knowledge'
import { Icon } from '@/shared/ui/Icon'

interface Props {
  step: RunStep
  disabled: boolean
  /** With the place of the answer, from 0; null at a step without answers. */
  onAnswer: (branch: number | null) => void
}

/** What the customer may say; a digit or a click goes on. */
export function Answers({ step, disabled, onAnswer }: Props) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en'
  if (step.branches.length === 0) {
    return (
      <ul className="script-answers">
        <li>
          <button type="button" className="script-answer" disabled={disabled} data-testid="script-answer-1" onClick={() => onAnswer(null)}>
            <span className="script-digit">1</span>
            <span className="script-label">{t('script.finish')}</span>
            <Icon name="check" size={14} className="muted" />
          </button>
        </li>
      </ul>
    )
  }
  return (
    <ul className="script-answers">
      {step.branches.map(({ label, label_en, leads_to, effect }, place) => (
        <li key={`${step.id}.${label}`}>
          <button type="button" className="script-answer" disabled={disabled} data-testid={`script-answer-${place + 1}`} onClick={() => onAnswer(place)}>
            <span className="script-digit">{place + 1}</span>
            <span className="script-label">{(english && label_en) || label}</span>
            <span className="script-to">
              {effect?.kind === 'business' && <Icon name="receipt" size={14} />}
              {leads_to ? t('script.leadsTo', { step: leads_to }) : t('script.leadsOut')}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
