import type { GivenGrant, PersonRow } from '@/shared/api/admin'

/** What the form holds; the API's body is made from it. */
export interface PersonDraft {
  username: string
  name: string
  number: string
  email: string
  site_id: string | null
  groups: string[]
  grants: GivenGrant[]
  skills: Array<{ skill_id: string; level: number }>
}

export type DraftField = keyof PersonDraft

export const emptyDraft: PersonDraft = {
  username: '',
  name: '',
  number: '',
  email: '',
  site_id: null,
  groups: [],
  grants: [{ role: 'agent', scope: { kind: 'tenant', ids: [] } }],
  skills: [],
}

export const draftOf = (person: PersonRow): PersonDraft => ({
  username: person.username,
  name: person.name,
  number: person.number ?? '',
  email: person.email ?? '',
  site_id: person.site?.id ?? null,
  groups: person.groups.map(({ id }) => id),
  grants: person.grants.map(({ role, scope }) => ({ role, scope: { kind: scope.kind, ids: scope.ids ?? [] } })),
  skills: person.skills.map(({ id, level }) => ({ skill_id: id, level })),
})

/** What is wrong, as the key of a text, by field. */
export function wrongIn(draft: PersonDraft, isNew: boolean): Partial<Record<DraftField, string>> {
  const wrong: Partial<Record<DraftField, string>> = {}
  if (isNew && !draft.username.trim()) wrong.username = 'admin.people.usernameMissing'
  else if (isNew && !/^[A-Za-z0-9][A-Za-z0-9._@-]{1,49}$/.test(draft.username.trim())) wrong.username = 'admin.people.usernameWrong'
  if (!draft.name.trim()) wrong.name = 'admin.people.nameMissing'
  if (draft.number && !/^\d{2,15}$/.test(draft.number.trim())) wrong.number = 'admin.people.numberWrong'
  if (draft.email && !/^[^@\s]+@[^@\s]+$/.test(draft.email.trim())) wrong.email = 'admin.people.emailWrong'
  if (isNew && draft.grants.length === 0) wrong.grants = 'admin.people.grantMissing'
  return wrong
}

const bodyOf = (draft: PersonDraft) => ({
  name: draft.name.trim(),
  number: draft.number.trim() || null,
  email: draft.email.trim() || null,
  site_id: draft.site_id,
  groups: draft.groups,
  grants: draft.grants.map(({ role, scope }) => ({ role, scope: { kind: scope.kind, ids: scope.kind === 'own' || scope.kind === 'tenant' ? [] : scope.ids } })),
  skills: draft.skills,
})

export const bodyOfNew = (draft: PersonDraft) => ({ username: draft.username.trim(), ...bodyOf(draft) })

/** Only what differs, so that two who change different things do not undo each other. */
export function changesOf(before: PersonDraft, after: PersonDraft): Record<string, unknown> {
  const [old, next] = [bodyOf(before), bodyOf(after)]
  return Object.fromEntries(Object.entries(next).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name as keyof typeof old])))
}
