import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { useAll } from '@/shared/api/lists'

/** How a script may come out, besides being done. `solved` settles what the contact is about. */
export const outcomes = ['solved', 'more', 'identified', 'open_only', 'promised', 'escalated', 'manager'] as const
/** Results somebody may want to name. */
interface Named {
  code: string
  name: string
  name_en: string
}

const options = (rows: readonly Named[], english: boolean) => rows.map(({ code, name, name_en }) => ({ value: code, label: (english && name_en) || name }))

/** What can be chosen from lists of the centre: queues and dispositions, as options. */
export function useReference() {
  const english = useTranslation().i18n.language === 'en'
  const queues = useAll<Named>('/queues').rows
  const dispositions = useAll<Named>('/dispositions').rows
  return { queues: options(queues, english), dispositions: options(dispositions, english) }
}

/** Businesses and results an answer may stand for. */
export function useEffects() {
  const { t } = useTranslation()
  return useMemo(
    () => [
      { label: t('scripts.results'), title: 'results', options: outcomes.map((code) => ({ value: `result:${code}`, label: t(`scripts.outcome.${code}`) })) },
      { label: t('scripts.businesses'), title: 'businesses', options: businesses.map((code) => ({ value: `business:${code}`, label: t(`scripts.business.${code}`) })) },
    ],
    [t],
  )
}

/** Kinds of business that are shipped; who writes scripts need not be able to read what was submitted. */
export const businesses = ['bill_dispute', 'broadband_move', 'fault', 'plan_change', 'complaint', 'inquiry', 'install', 'suspend', 'invoice', 'address', 'card', 'cancel_extra'] as const
