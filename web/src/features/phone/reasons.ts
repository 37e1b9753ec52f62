import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { useAll } from '@/shared/api/lists'
import type { BusyReason } from '@/shared/api/types'
import { codeText } from '@/shared/i18n'
import { useMay } from '@/shared/ui/may'

/** What may be chosen until the tenant's own list has come. */
export const busyReasons = ['lunch', 'break', 'training', 'meeting'] as const

export interface Reasons {
  /** Those that can be chosen, in their order. */
  codes: readonly string[]
  name: (code: string) => string
  /** In the language the screen is not in; the palette finds both. */
  otherName: (code: string) => string
}

/** Why one may be busy, as the tenant has set it up, in the language of the screen. */
export function useReasons(): Reasons {
  const { t, i18n } = useTranslation()
  const { rows } = useAll<BusyReason>('/busy-reasons', useMay()('queues.read'))
  const english = i18n.language === 'en'
  return useMemo(() => {
    const own = rows.filter(({ system }) => !system)
    const known = new Map(rows.map((one) => [one.code, one]))
    return {
      codes: own.length ? own.map(({ code }) => code) : busyReasons,
      name: (code) => {
        const one = known.get(code)
        return one ? (english && one.name_en) || one.name : codeText(t, 'reason', code)
      },
      otherName: (code) => {
        const one = known.get(code)
        return one ? (english ? one.name : one.name_en) : ''
      },
    }
  }, [rows, english, t])
}
