import { useEffect } from 'react'

import { useAgent, useDocument, useLink, useLiveFresh } from '@/shared/live/store'
import type { InteractionDocument } from '@/shared/api/types'
import { useMe } from '@/shared/ui/may'
import type { Call } from './reducer'

/** A call may ring before its document comes, and its end is told on both ways at once. */
const patience = 4_000

/** Whether the centre no longer counts this agent among those of the call. */
export function isOver(contact: Pick<InteractionDocument, 'state' | 'participants' | 'wrapups' | 'holders'> | null, me: string): boolean {
  if (!contact || contact.state === 'closed') return true
  if (contact.wrapups?.some(({ agent_id: id }) => id === me)) return true
  return contact.holders !== undefined && !contact.holders.some(({ agent_id: id }) => id === me)
}

/** A session whose contact has ended at the centre is ended here, too: its BYE was lost on the way. */
export function useOver(call: Call | null, end: () => void): void {
  const me = useMe()
  const online = useLink().status === 'online'
  const fresh = useLiveFresh()
  // A snapshot without the agent knows nothing of their calls either.
  const known = useAgent(me.id) !== null
  const contact = useDocument<InteractionDocument>(`interaction/${call?.interactionId ?? ''}`)
  const over = call !== null && call.interactionId !== null && online && fresh && known && isOver(contact, me.id)
  const key = call?.key
  useEffect(() => {
    if (!over) return
    const timer = setTimeout(end, patience)
    return () => clearTimeout(timer)
  }, [over, key, end])
}
