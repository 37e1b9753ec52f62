import type { CustomerCard, Instant } from '@/shared/api/types'

/** How a row of the list was found, as the centre says it. */
export interface Found {
  field: string
  text: string | null
}

export type CustomerKind = 'person' | 'company'
export type ListedCustomer = CustomerCard & { kind?: CustomerKind; tags?: string[]; found?: Found | null }

export interface PersonRef {
  id: string
  number: string | null
  name: string
}
export interface CustomerRef {
  id: string
  no: string
  name: string
}

export const identityKinds = ['phone', 'email', 'web', 'wechat', 'account', 'other'] as const
export const identityRoles = ['owner', 'agent', 'former'] as const
export const addressKinds = ['home', 'work', 'install', 'bill'] as const
export const genders = ['female', 'male'] as const

export interface Identity {
  id: string
  kind: string
  value: string
  raw: string | null
  role: string
  label: string | null
  verified_at: Instant | null
}
export interface Address {
  id: string
  kind: string
  region: string | null
  text_masked: string
}
export interface Relation {
  id: string
  kind: string
  customer: CustomerRef
}
export interface Consent {
  channel: string
  purpose: string
  allowed: boolean
  at: Instant
  source: string | null
}
export interface MergedIn {
  merge_id: string
  no: string
  name: string
  at: Instant
}

export type CustomValue = string | number | boolean | null

export interface CustomerRecord {
  id: string
  no: string
  version: number
  kind: CustomerKind
  name: string
  gender: string | null
  birth_year: number | null
  class: string
  manager: PersonRef | null
  warnings: string[]
  tags: string[]
  custom: Record<string, CustomValue>
  site_id: string | null
  since: string | null
  id_number_masked: string | null
  identities: Identity[]
  addresses: Address[]
  relations: Relation[]
  consents: Consent[]
  merged: MergedIn[]
  /** Kept from erasure for a legal reason. */
  hold: { reason: string; at: Instant } | null
  created_at: Instant
  updated_at: Instant
}

export interface Change {
  at: Instant
  person: PersonRef | null
  action: string
  changes: Array<{ field: string; old: unknown; new: unknown }>
}

export interface Duplicate {
  card: CustomerCard
  score: number
  reasons: string[]
}

export interface Merge {
  id: string
  at: Instant
  person: PersonRef | null
  kept: CustomerRef
  dropped: CustomerRef
  split_at: Instant | null
}

export interface CustomerClassRow {
  code: string
  name: string
  name_en: string
  rank: number
  color: string
}

export const fieldTypes = ['text', 'number', 'date', 'choice', 'bool'] as const
export interface CustomField {
  code: string
  name: string
  name_en: string
  type: (typeof fieldTypes)[number]
  choices: string[]
  required: boolean
  position: number
}
export interface Tag {
  code: string
  name: string
  color: string
}
