/** Trunks, routes, calls on the wire and what guards them, as the API sends them. */
import type { ItemOf } from './answers'
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

/** An address that gets no answer until then. */
export interface Ban {
  address: string
  reason: string
  note: string
  since: Instant
  ends_at: Instant
  hits: number
}

export interface AccessRule {
  id: string
  network: string
  action: 'allow' | 'deny'
  note: string
  active: boolean
  version: number
}

export interface TollRule {
  id: string
  name: string
  position: number
  active: boolean
  action: 'allow' | 'deny' | 'limit'
  seats: string[]
  trunks: string[]
  classes: string[]
  countries: string[]
  prefixes: string[]
  weekdays: number[]
  from_time: string | null
  to_time: string | null
  counted: 'seat' | 'trunk' | 'all'
  max_concurrent: number | null
  max_per_minute: number | null
  max_minutes_day: number | null
  max_spend_day_micro: number | null
  version: number
  used_today: Array<{ subject: string; calls: number; seconds: number; spend_micro: number }>
}

export interface TollCheck {
  kind: string
  country: string
  digits: string
  denied: string | null
  rule: { id: string; name: string } | null
  seconds: number | null
}
