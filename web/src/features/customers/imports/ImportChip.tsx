import { useTranslation } from 'react-i18next'

import type { IconName } from '@/shared/ui/icons'
import { Chip, type Tone } from '@/shared/ui/parts'
import type { ImportState } from './model'

const looks: Record<ImportState, { tone: Tone; icon: IconName }> = {
  uploaded: { tone: 'neutral', icon: 'upload' },
  mapped: { tone: 'neutral', icon: 'upload' },
  checking: { tone: 'accent', icon: 'clock' },
  checked: { tone: 'amber', icon: 'checkCircle' },
  running: { tone: 'accent', icon: 'clock' },
  done: { tone: 'ok', icon: 'checkCircle' },
  failed: { tone: 'red', icon: 'octagon' },
  cancelled: { tone: 'neutral', icon: 'minusCircle' },
  undoing: { tone: 'accent', icon: 'undo' },
  undone: { tone: 'neutral', icon: 'undo' },
}

export function ImportChip({ state }: { state: ImportState }) {
  const { t } = useTranslation()
  const look = looks[state] as (typeof looks)[ImportState] | undefined
  return (
    <span data-testid="import-state" data-state={state}>
      <Chip tone={look?.tone} icon={look?.icon}>
        {t(`customers.imports.state.${state}`, { defaultValue: state })}
      </Chip>
    </span>
  )
}
