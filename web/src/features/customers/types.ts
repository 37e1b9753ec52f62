/** Customers as the centre describes them; shapes come from its own description of the API. */
import type { components } from '@/shared/api/generated'

type Schemas = components['schemas']

export type Found = Schemas['Found']
export type ListedCustomer = Schemas['FoundCard']
export type CustomerRecord = Schemas['Record']
export type CustomerKind = CustomerRecord['kind']
export type PersonRef = Schemas['PersonRef']
export type CustomerRef = Schemas['CustomerRef']
export type Identity = Schemas['Identity']
export type Address = Schemas['Address']
export type Relation = Schemas['Relation']
export type Consent = Schemas['Consent']
export type Change = Schemas['HistoryItem']
export type Duplicate = Schemas['Duplicate']
export type Merge = Schemas['Merge']
export type CustomerClassRow = Required<Schemas['ClassRow']>
export type CustomField = Required<Schemas['FieldRow']>
export type Tag = Schemas['Tag']
export type CustomValue = CustomerRecord['custom'][string]

/** Codes in the order people choose from them. */
export const identityKinds = ['phone', 'email', 'web', 'wechat', 'account', 'other'] as const
export const identityRoles = ['owner', 'agent', 'former'] as const
export const addressKinds = ['home', 'work', 'install', 'bill'] as const
export const fieldTypes = ['text', 'number', 'date', 'choice', 'bool'] as const
