import { useEffect, useLayoutEffect } from 'react'

import { useLink } from '../live/store'
import { useMe } from '../ui/may'
import type { Contact } from './model'
import { setOwner } from './store'
import { recall, refresh, retry } from './sync'

/** How often the centre is asked while a colleague may be typing in the same forms. */
const together = 3_000

/** Keep this page's drafts of a contact and the centre's alike. `holders`: how many have it now. */
export function useDrafts(contact: Contact, holders: number): void {
  const { id, tenant } = contact
  const me = useMe()
  const online = useLink().status === 'online'
  useLayoutEffect(() => {
    setOwner(me.id)
    recall({ id, tenant: { id: tenant.id } })
  }, [me.id, id, tenant.id])
  useEffect(() => {
    if (!online) return
    // What could not be asked now is asked at the next turn; the browser's copy is on screen.
    const ask = () => void refresh({ id, tenant: { id: tenant.id } }).catch(() => undefined)
    const seen = () => document.hidden || ask()
    ask()
    retry()
    const every = holders > 1 ? setInterval(ask, together) : null
    document.addEventListener('visibilitychange', seen)
    return () => {
      if (every) clearInterval(every)
      document.removeEventListener('visibilitychange', seen)
    }
  }, [id, tenant.id, holders, online])
}
