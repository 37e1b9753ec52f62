import { useEffect } from 'react'

import type { InteractionDocument } from '@/shared/api/types'
import { useAction } from '@/shared/keys/actions'
import { usePanel } from '@/shared/prefs/panel'
import { createStore } from '@/shared/store'
import { useUnreadChats } from './chats'

export const colleagues_region = 'colleagues-tool'

/** What the tool shows: a list, a chat, or the form by which an expert is asked about a contact. */
export type View = { at: 'chats' | 'people' | 'handover' | 'ask' } | { at: 'chat'; id: string }

export const view = createStore<View>({ at: 'chats' })

const reach = (): boolean => {
  const region = document.getElementById(colleagues_region)
  const field = region?.querySelector<HTMLElement>('[data-first]')
  ;(field ?? region)?.focus({ preventScroll: true })
  return region !== null && region.offsetParent !== null
}

let wanted = false

/** Whether the focus is to go into the tool: asked for by key, or there already. */
export const inColleagues = (): boolean => wanted || document.getElementById(colleagues_region)?.contains(document.activeElement) === true

/** One key asks an expert about the contact on the screen. Stands in the rail, which is always there; its badge is what I
 * have not seen. */
export function useColleaguesEntry(interaction: InteractionDocument | null): number {
  const panel = usePanel(interaction?.channel)
  useAction('expert', () => {
    view.set(interaction ? { at: 'ask' } : { at: 'people' })
    wanted = true
    // The answer comes to the trail, too: where it is open it stays.
    const kept = panel.tools.includes('trail') ? (['trail'] as const) : panel.tools.slice(-1)
    const tools = panel.tools.includes('colleagues') ? panel.tools : [...kept, 'colleagues' as const]
    panel.open(tools)
    requestAnimationFrame(() => {
      if (reach()) wanted = false
    })
  })
  useEffect(() => {
    if (wanted && reach()) wanted = false
  }, [panel.tools, panel.width, panel.over])
  return useUnreadChats()
}
