import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import { dragged_kind } from './Canvas'
import { groups, looks } from './kinds'
import { type Kind, kinds } from './types'

/** All kinds of nodes: to be dragged in, or pressed to be put beside what is selected. */
export function Palette({ writable, onAdd }: { writable: boolean; onAdd: (kind: Kind) => void }) {
  const { t } = useTranslation()
  return (
    <nav className="flow-palette" aria-label={t('flows.palette')} data-region="flow-palette">
      {groups.map((group) => (
        <div key={group} className="flow-palette-group">
          <h3>{t(`flows.group.${group}`)}</h3>
          {kinds
            .filter((kind) => looks[kind].group === group)
            .map((kind) => (
              <button
                key={kind}
                type="button"
                className="flow-kind"
                disabled={!writable}
                draggable={writable}
                title={t(`flows.kind.${kind}`)}
                data-testid={`palette-${kind}`}
                onDragStart={(event) => {
                  event.dataTransfer.setData(dragged_kind, kind)
                  event.dataTransfer.effectAllowed = 'copy'
                }}
                onClick={() => onAdd(kind)}
              >
                <Icon name={looks[kind].icon} size={15} />
                <span className="ellipsis">{t(`flows.kind.${kind}`)}</span>
              </button>
            ))}
        </div>
      ))}
    </nav>
  )
}
