import { useSyncExternalStore } from 'react'

import { createStore } from '@/shared/store'
import { setPrefs, usePrefs } from './prefs'

/** What can stand in the panel beside the work area. */
export type ToolId = 'trail' | 'script' | 'offer' | 'colleagues'

/** Pixels the panel can be wide; it snaps to the nearest. 0 leaves the rail alone. */
export const panelWidths = [0, 320, 344, 440, 560] as const

/** How one likes the tools beside contacts of one channel. */
export interface PanelPrefs {
  /** Pixels; null is what suits the window. */
  width: number | null
  /** At most two, the one opened last at the end. */
  tools: readonly ToolId[]
  /** The share of the upper of two. */
  upper: number
}

export const standardPanel: PanelPrefs = { width: null, tools: ['trail', 'script'], upper: 0.5 }

/** How much of the height the upper of two tools may take. */
export const panelShares = [0.35, 0.5, 0.65] as const

export const nearest = (value: number, choices: readonly number[]): number =>
  choices.reduce((best, one) => (Math.abs(one - value) < Math.abs(best - value) ? one : best))

/** The next choice up (`by` 1) or down (-1) from where it stands. */
export function stepped(value: number, choices: readonly number[], by: 1 | -1): number {
  const index = choices.indexOf(nearest(value, choices))
  return choices[Math.min(choices.length - 1, Math.max(0, index + by))] ?? value
}

/** Open a tool, or close it if it is open; a third takes the place of the one that was opened first. */
export function toggled(open: readonly ToolId[], id: ToolId): ToolId[] {
  if (open.includes(id)) return open.filter((one) => one !== id)
  return [...open, id].slice(-2)
}

/** Whether the panel is wanted where the window has no place beside the work area: it lies over it then. */
const over = createStore(false)

export interface Panel extends PanelPrefs {
  over: boolean
  set: (change: Partial<PanelPrefs>) => void
  setOver: (over: boolean) => void
  /** Show these tools, however small the window and though the panel was shut. */
  open: (tools: readonly ToolId[]) => void
}

/** The panel as remembered for a channel; without a contact, as for calls. */
export function usePanel(channel = 'voice'): Panel {
  const { panels } = usePrefs()
  const kept = { ...standardPanel, ...panels[channel] }
  const set = (change: Partial<PanelPrefs>) => setPrefs({ panels: { ...panels, [channel]: { ...kept, ...change } } })
  return {
    ...kept,
    over: useSyncExternalStore(over.subscribe, over.get),
    set,
    setOver: over.set,
    open: (tools) => {
      over.set(true)
      set({ tools, width: kept.width || null })
    },
  }
}
