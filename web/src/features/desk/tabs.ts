import type { InteractionDocument } from '@/shared/api/types'
import type { IconName } from '@/shared/ui/icons'

export type TabId = 'overview' | 'identify' | 'create'

export interface Tab {
  id: TabId
  icon: IconName
}

const overview: Tab = { id: 'overview', icon: 'person' }
const identify: Tab = { id: 'identify', icon: 'search' }
const create: Tab = { id: 'create', icon: 'personPlus' }

/** The pages of an interaction, the one that pops first. Identified: 360°; several: choose; new: the form. */
export function tabsOf(interaction: Pick<InteractionDocument, 'customer' | 'match'>): Tab[] {
  if (interaction.customer) return [overview, identify]
  return interaction.match === 'new' ? [create, identify] : [identify, create]
}
