import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import type { ToolId } from '@/shared/prefs/panel'
import { Icon } from '@/shared/ui/Icon'
import { type Tool, tools } from './tools'

interface Props {
  interaction: InteractionDocument | null
  open: readonly ToolId[]
  onToggle: (id: ToolId) => void
}

/** A button for each tool; what is new in it for this contact is counted on it. */
export function ToolRail({ interaction, open, onToggle }: Props) {
  return (
    <div className="rail" data-region="rail">
      {tools.map((tool) => (
        <Item key={tool.id} tool={tool} interaction={interaction} open={open.includes(tool.id)} onToggle={() => onToggle(tool.id)} />
      ))}
    </div>
  )
}

const none = () => 0

function Item({ tool, interaction, open, onToggle }: { tool: Tool; interaction: InteractionDocument | null; open: boolean; onToggle: () => void }) {
  const { t } = useTranslation()
  const useBadge = tool.useBadge ?? none
  // oxlint-disable-next-line react/hooks -- an item is keyed by its tool, whose function never changes
  const count = useBadge(interaction)
  const name = t(tool.name)
  return (
    <button
      type="button"
      className="rail-item"
      aria-pressed={open}
      aria-label={count > 0 ? `${name} ${t('panel.fresh', { count })}` : name}
      title={name}
      data-testid={`rail-${tool.id}`}
      onClick={onToggle}
    >
      <Icon name={tool.icon} size={18} />
      <span>{name}</span>
      {count > 0 && <span className="badge">{count > 99 ? '99+' : count}</span>}
    </button>
  )
}
