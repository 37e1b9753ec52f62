import type { Group, Role, Site, Skill } from '@/shared/api/admin'
import { useAll } from '@/shared/api/lists'

/** The short lists that people are described with. */
export function useReference() {
  const roles = useAll<Role>('/roles')
  const sites = useAll<Site>('/sites')
  const groups = useAll<Group>('/groups')
  const skills = useAll<Skill>('/skills')
  return { roles: roles.rows, sites: sites.rows, groups: groups.rows, skills: skills.rows }
}

export type Reference = ReturnType<typeof useReference>
