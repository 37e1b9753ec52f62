import type { BusinessKind } from '@/shared/api/businesses'
import type { InteractionDocument } from '@/shared/api/types'
import { businessTab, type OpenForm } from '@/features/businesses/open'
import { nameOf } from '@/features/businesses/form/schema'
import type { IconName } from '@/shared/ui/icons'

export type TabId = 'overview' | 'identify' | 'create'

/** A page of an interaction. `label` is a business's name; the others have theirs from the texts. */
export interface Tab {
  id: TabId | string
  icon: IconName
  label?: string
  /** The form behind it. */
  form?: OpenForm
}

const overview: Tab = { id: 'overview', icon: 'person' }
const identify: Tab = { id: 'identify', icon: 'search' }
const create: Tab = { id: 'create', icon: 'personPlus' }

/** The pages of an interaction, the one that pops first. Identified: 360°; several: choose; new: the form. */
export function tabsOf(interaction: Pick<InteractionDocument, 'customer' | 'match'>): Tab[] {
  if (interaction.customer) return [overview, identify]
  return interaction.match === 'new' ? [create, identify] : [identify, create]
}

/** The businesses that are open, after them in the order in which they were opened. */
export function businessTabs(forms: readonly OpenForm[], kinds: readonly BusinessKind[], language: string): Tab[] {
  return forms.map((form) => {
    const kind = kinds.find(({ code }) => code === form.kind)
    return { id: businessTab(form.id), icon: (kind?.icon as IconName | undefined) ?? 'receipt', label: kind ? nameOf(kind, language) : form.kind, form }
  })
}
