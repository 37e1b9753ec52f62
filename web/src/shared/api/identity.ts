/** Who one is at the centre: the session's person, tenants, sessions and tokens, as the API sends them. */
import type { Answer, ItemOf } from './answers'

export type Person = Answer<'/api/v1/session'>
export type SessionGranted = Answer<'/api/v1/session', 'post'>
export type TenantRef = Person['tenant']
export type OpenSession = ItemOf<'/api/v1/session/list'>
export type DirectoryRef = ItemOf<'/api/v1/session/oidc'>
export type TotpSecret = Answer<'/api/v1/session/totp', 'post'>
export type RecoveryCodes = Answer<'/api/v1/session/totp', 'put'>
export type ApiToken = ItemOf<'/api/v1/tokens'>
export type MadeToken = Answer<'/api/v1/tokens', 'post'>
