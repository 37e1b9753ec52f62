import { useSession } from '@/features/session/session'

/** What the person signed in may do; what they may not is not offered, and the centre refuses it besides. */
export function useMay(): (permission: string) => boolean {
  const permissions = useSession()?.person.permissions ?? []
  return (permission) => permissions.includes(permission)
}
