/** Trunks, routes, calls on the wire and what guards them, as the API sends them. */
import type { Answer, ItemOf } from './answers'
import type { components } from './generated'
import type { Instant } from './types'

type Schemas = components['schemas']

/** What may be left out when it is sent is always there in an answer. */
type Whole<T> = T extends readonly (infer Item)[] ? Whole<Item>[] : T extends object ? { [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> } : T

export type SipCall = ItemOf<'/api/v1/sip/calls'>
export type SipMessage = Schemas['SipMessage']
export type SipMessages = Schemas['SipMessageList']
export type Trunk = Whole<ItemOf<'/api/v1/trunks'>>
export type Route = Whole<ItemOf<'/api/v1/call-routes'>>
export type RouteShare = Whole<Schemas['RouteTrunk']>
export type Explanation = Schemas['Explanation']
export type Candidate = Schemas['Candidate']
export type TestCallResult = Schemas['TestCallResult']
export type Rewriting = Whole<Schemas['Rewriting']>

export type Ban = ItemOf<'/api/v1/sip/bans'>
export type AccessRule = ItemOf<'/api/v1/sip/access-rules'>
/** What a limit has counted today, by subject. */
export interface Used {
  subject: string
  calls: number
  seconds: number
  spend_micro: number
}
export type TollRule = Omit<ItemOf<'/api/v1/sip/toll-rules'>, 'used_today'> & { used_today: Used[] }
export type TollCheck = Answer<'/api/v1/sip/toll-rules/check', 'post'>

export type TrunkLife = 'unknown' | 'up' | 'down' | 'registering' | 'refused' | 'inactive'

/** The live document `trunk/{id}`. */
export interface TrunkDocument {
  id: string
  code: string
  name: string
  state: TrunkLife
  error: { code: string; text: string } | null
  since: Instant
  registered_until: Instant | null
  channels: { in: number; out: number; max: number | null }
  calls_today: number
  answered_today: number
  asr: number | null
  last_options_ms: number | null
  cps: number
}
