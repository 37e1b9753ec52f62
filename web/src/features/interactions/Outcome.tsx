import { useTranslation } from 'react-i18next'

import type { InteractionSummary } from '@/shared/api/types'
import { codeText } from '@/shared/i18n'
import type { IconName } from '@/shared/ui/icons'
import { Chip, type Tone } from '@/shared/ui/parts'

const looks: Record<string, { tone: Tone; icon: IconName }> = {
  abandoned: { tone: 'red', icon: 'hangup' },
  refused: { tone: 'red', icon: 'octagon' },
  failed: { tone: 'red', icon: 'octagon' },
  message_left: { tone: 'accent', icon: 'message' },
  callback_booked: { tone: 'accent', icon: 'phone' },
  turned_away: { tone: 'amber', icon: 'minusCircle' },
  transferred_out: { tone: 'neutral', icon: 'transfer' },
  not_reached: { tone: 'amber', icon: 'outgoing' },
  system_restart: { tone: 'amber', icon: 'triangle' },
}

/** How it ended: done, or what went wrong. */
export function Outcome({ row }: { row: Pick<InteractionSummary, 'end_reason'> }) {
  const { t } = useTranslation()
  const look = looks[row.end_reason ?? ''] ?? { tone: 'neutral' as const, icon: 'check' as const }
  return (
    <Chip tone={look.tone} icon={look.icon}>
      {codeText(t, 'ended', row.end_reason) || t('state.closed')}
    </Chip>
  )
}
