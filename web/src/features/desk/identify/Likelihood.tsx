import { useTranslation } from 'react-i18next'

import type { CandidateFacts } from './guiding'

/** Bars and a word; why, in the tooltip. */
export function Likelihood({ facts }: { facts: CandidateFacts }) {
  const { t } = useTranslation()
  const { likelihood, reasons } = facts
  return (
    <span className="likelihood" title={reasons.map((reason) => t(`guided.reason.${reason}`, { defaultValue: reason })).join('、')}>
      <span className="likelihood-bars" aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <i key={bar} className={bar <= likelihood ? 'on' : ''} />
        ))}
      </span>
      <span>{t(`guided.likelihood.${likelihood}`)}</span>
    </span>
  )
}
