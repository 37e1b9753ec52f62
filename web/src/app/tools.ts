import type { ComponentType } from 'react'

import { ColleaguesTool } from '@/features/colleagues/ColleaguesTool'
import { useColleaguesEntry } from '@/features/colleagues/entry'
import { OfferTool } from '@/features/offers/OfferTool'
import { useOfferBadge } from '@/features/offers/offer'
import { useScriptEntry } from '@/features/scripts/entry'
import { ScriptTool } from '@/features/scripts/ScriptTool'
import { TrailPanel } from '@/features/trail/TrailPanel'
import type { InteractionDocument } from '@/shared/api/types'
import type { ToolId } from '@/shared/prefs/panel'
import type { IconName } from '@/shared/ui/icons'

export interface ToolProps {
  interaction: InteractionDocument | null
  /** Whether the panel is open: what stands in a shut one keeps its state and is seen by nobody. */
  visible: boolean
}

/** What stands beside the work area at the desk, one button each in the rail. */
export interface Tool {
  id: ToolId
  icon: IconName
  /** Key of its name in the rail. */
  name: string
  Component: ComponentType<ToolProps>
  /** How much of it is new for this contact; 0 is no badge. */
  useBadge?: (interaction: InteractionDocument | null) => number
}

/** In the order of the rail, which is the order they are stacked in. */
export const tools: readonly Tool[] = [
  { id: 'trail', icon: 'trail', name: 'rail.trail', Component: TrailPanel },
  { id: 'script', icon: 'script', name: 'rail.script', Component: ScriptTool, useBadge: useScriptEntry },
  { id: 'offer', icon: 'gift', name: 'rail.offer', Component: OfferTool, useBadge: useOfferBadge },
  { id: 'colleagues', icon: 'people', name: 'rail.colleagues', Component: ColleaguesTool, useBadge: useColleaguesEntry },
]
