import type { Permission, Role } from '@/shared/api/admin'

/** By role's code: the permissions ticked but not saved yet. */
export type Ticks = Readonly<Record<string, readonly string[]>>

/** Texts have no dots in their names. */
export const permissionKey = (code: string): string => code.replaceAll('.', '_')

/** Work first, then what surrounds it, then running the centre; what is new comes last. */
const order = ['agent', 'interactions', 'recordings', 'customers', 'queues', 'supervision', 'people', 'roles', 'organisation', 'tokens', 'audit', 'tenants', 'system', 'admin']
const rank = (group: string) => (order.indexOf(group) + order.length + 1) % (order.length + 1)

/** Permissions under their groups; reading stands before what needs it. */
export function grouped(permissions: readonly Permission[]): Array<{ group: string; codes: string[] }> {
  const groups = new Map<string, string[]>()
  for (const { group, code } of permissions) groups.set(group, [...(groups.get(group) ?? []), code])
  const late = (code: string) => (code.includes('.read') || code.includes('.listen') || code.includes('.view') ? 0 : code.endsWith('.write') ? 1 : 2)
  return [...groups]
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .map(([group, codes]) => ({ group, codes: codes.toSorted((a, b) => late(a) - late(b) || a.localeCompare(b)) }))
}

/** The role as it is saved. */
export const without = (ticks: Ticks, code: string): Ticks => Object.fromEntries(Object.entries(ticks).filter(([role]) => role !== code))

/** Tick or untick one; a role that is as it was saved is no longer a change. */
export function toggled(ticks: Ticks, role: Role, code: string): Ticks {
  const now = ticks[role.code] ?? role.permissions
  const next = now.includes(code) ? now.filter((one) => one !== code) : [...now, code]
  const rest = without(ticks, role.code)
  const same = next.length === role.permissions.length && next.every((one) => role.permissions.includes(one))
  return same ? rest : { ...rest, [role.code]: next }
}
