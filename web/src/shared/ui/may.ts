import { createContext, useContext } from 'react'

import type { Person } from '../api/identity'

/** The person whose console this is. */
export const MeContext = createContext<Person | null>(null)

export function useMe(): Person {
  const me = useContext(MeContext)
  if (!me) throw new Error('useMe outside MeContext')
  return me
}

/** Whether this person may do something here. The centre asks again; the screen only does not offer in vain. */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useMe()
  return (permission) => permissions.includes(permission)
}
