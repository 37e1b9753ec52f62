/** Who one is at the centre: the session's person, tenants, sessions and tokens. */
import type { Instant } from './types'

export interface TenantRef {
  id: string
  code: string
  name: string
}

export type ScopeKind = 'own' | 'group' | 'site' | 'tenant'

export interface Person {
  id: string
  username: string
  name: string
  number: string | null
  email: string | null
  language: 'zh' | 'en' | null
  roles: string[]
  permissions: string[]
  tenant: TenantRef
  /** Where the person has grants; more than one offers the switch. */
  tenants: TenantRef[]
  /** What has to be done before anything else. */
  must: 'change_password' | null
  /** Whether a second factor is asked for at sign-in. */
  totp: boolean
}

export interface SessionGranted {
  token: string
  expires_at: Instant
  person: Person
}

export interface OpenSession {
  id: string
  created_at: Instant
  last_seen_at: Instant | null
  source: string | null
  user_agent: string | null
  current: boolean
}

export interface ApiToken {
  id: string
  name: string
  permissions: string[]
  created_at: Instant
  expires_at: Instant | null
  last_used_at: Instant | null
  created_by: { id: string; name: string } | string | null
}

export interface DirectoryRef {
  code: string
  name: string
}
