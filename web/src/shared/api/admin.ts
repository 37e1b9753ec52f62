/** People and what they may do, where they belong, and the centre itself, as the API sends them. */
import type { Answer, ItemOf } from './answers'

export interface Named {
  id: string
  name: string
}

export type PersonRow = ItemOf<'/api/v1/people'>
export type PersonDetail = Answer<'/api/v1/people/{person_id}'>
export type MadePerson = Answer<'/api/v1/people', 'post'>
/** Null when the person no longer belongs to the tenant. */
export type ChangedPerson = Answer<'/api/v1/people/{person_id}', 'patch'>
export type Grant = PersonRow['grants'][number]
export type Scope = Grant['scope']
export type ScopeKind = Scope['kind']
/** A grant as it is given: the names of roles come from the list of roles. */
export type GivenGrant = Pick<Grant, 'role' | 'scope'>

export type Role = ItemOf<'/api/v1/roles'>
export type Permission = ItemOf<'/api/v1/permissions'>
export type Site = ItemOf<'/api/v1/sites'>
export type SiteKind = Site['kind']
export type Group = ItemOf<'/api/v1/groups'>
export type Skill = ItemOf<'/api/v1/skills'>
export type Tenant = ItemOf<'/api/v1/tenants'>
export type Queue = ItemOf<'/api/v1/queues'>
export type Member = ItemOf<'/api/v1/queues/{queue_id}/members'>
export type AccessNumber = ItemOf<'/api/v1/access-numbers'>
export type FlowRef = ItemOf<'/api/v1/flows'>
export type AuditEntry = ItemOf<'/api/v1/audit'>
export type SystemStatus = Answer<'/api/v1/system/status'>
export type Parked = ItemOf<'/api/v1/system/parked'>
