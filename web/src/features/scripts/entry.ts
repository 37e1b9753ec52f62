import { useEffect } from 'react'

import type { InteractionDocument } from '@/shared/api/types'
import { useAction } from '@/shared/keys/actions'
import { usePanel } from '@/shared/prefs/panel'

/** Where a script is read: what the key leads to. */
export const script_region = 'script-tool'

let wanted = false

const reach = (): boolean => {
  const region = document.getElementById(script_region)
  region?.focus({ preventScroll: true })
  return region !== null && region.offsetParent !== null
}

/** The key of the script opens the tool, if it is closed, and goes there. Stands in the rail, which is always there. */
export function useScriptEntry(interaction: InteractionDocument | null): number {
  const panel = usePanel(interaction?.channel)
  useAction('script', () => {
    if (reach()) return
    wanted = true
    panel.open(panel.tools.includes('script') ? panel.tools : [...panel.tools, 'script' as const].slice(-2))
  })
  useEffect(() => {
    if (wanted && reach()) wanted = false
  }, [panel.tools, panel.width, panel.over])
  return 0
}

/** Digits of a tool act while the focus is in it and not in a field. Returns the digit, or null. */
export function digitOf(event: React.KeyboardEvent): number | null {
  if (event.ctrlKey || event.altKey || event.metaKey || event.nativeEvent.isComposing) return null
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return null
  return /^[1-9]$/.test(event.key) ? Number(event.key) : null
}
