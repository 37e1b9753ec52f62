/** What the centre sends and takes: mirrors docs/architecture.md, sections "Live documents" and "HTTP". */

/** ISO 8601, UTC. */
export type Instant = string

export interface Person {
  id: string
  username: string
  name: string
  number: string | null
  roles: string[]
  permissions: string[]
}

export interface SessionGranted {
  token: string
  expires_at: Instant
  person: Person
}

export interface SipCredential {
  uri: string
  authorization_user: string
  ha1: string
  realm: string
  ws_path: string
}

export type AgentState = 'offline' | 'ready' | 'ringing' | 'talking' | 'hold' | 'wrapup' | 'busy'
export type Seat = 'browser' | 'phone'

export interface AgentDocument {
  id: string
  number: string
  name: string
  state: AgentState
  reason: string | null
  since: Instant
  seat: Seat | null
  registered: { phone: boolean; browser: boolean }
  interaction_id: string | null
  until: Instant | null
  /** What the agent becomes after the contact, as asked for during it. */
  pending?: { state: AgentState; reason: string } | null
  today: { answered: number; handle_seconds: number; average_handle_seconds: number | null }
}

export interface QueueRef {
  id: string
  code: string
  name: string
}

export interface QueueDocument extends QueueRef {
  waiting: number
  longest_since: Instant | null
  ready: number
  talking: number
}

export interface CustomerCard {
  id: string
  no: string
  name: string
  gender: string | null
  birth_year: number | null
  class: string | null
  phones: string[]
  address_masked: string | null
  manager_number: string | null
  warnings: string[]
}

export interface TrailLine {
  at: Instant
  kind: string
  actor: string
  data: Record<string, unknown>
  text: string | null
}

export interface PathStep {
  node: string
  kind: string
  label: string | null
  key: string | null
}

/** Why this agent (routing's explanation of its decision). */
export interface Explanation {
  chosen?: 'agent' | 'contact'
  decided_by?: string
  strategy?: string
  considered?: number
  customer_class?: string
  waited_seconds?: number
  offer?: number
  candidates?: Array<{ number: string; level?: number; idle_seconds?: number }>
}

export interface Why {
  path: PathStep[]
  collected: Record<string, unknown>
  queue_wait: number | null
  explanation: Explanation | null
}

export type InteractionState = 'ivr' | 'queue' | 'ring' | 'talk' | 'hold' | 'wrapup' | 'closed'
export type Match = 'new' | 'one' | 'several' | 'chosen'

export interface InteractionDocument {
  id: string
  trail_no: string
  channel: string
  direction: string
  state: InteractionState
  ani: string
  dnis: string
  queue: QueueRef | null
  agent_id: string | null
  agent_number: string | null
  match: Match | null
  customer: CustomerCard | null
  candidates: CustomerCard[]
  started_at: Instant
  state_since: Instant
  answered_at: Instant | null
  until: Instant | null
  recording: boolean
  why: Why | null
  trail: TrailLine[]
}

export interface RecordingRef {
  id: string
  duration_ms: number
}

export interface AgentRef {
  id: string
  number: string
  name: string
}

export interface InteractionSummary {
  id: string
  trail_no: string
  channel: string
  direction: string
  state: InteractionState
  ani: string
  dnis: string
  started_at: Instant
  ended_at: Instant | null
  end_reason: string | null
  customer: { id: string; name: string; class: string | null } | null
  match: Match | null
  queue: QueueRef | null
  agent: AgentRef | null
  wait_seconds: number | null
  talk_seconds: number | null
  hold_seconds: number | null
  disposition: string | null
  recordings: RecordingRef[]
}

export interface Segment {
  kind: InteractionState
  started_at: Instant
  ended_at: Instant | null
  seconds: number | null
  agent: AgentRef | null
  queue: QueueRef | null
}

export interface InteractionDetail extends InteractionSummary {
  /** What the agent wrote in wrap-up. */
  note: string | null
  card: CustomerCard | null
  candidates: CustomerCard[]
  segments: Segment[]
  trail: TrailLine[]
}

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export interface Account {
  id: string
  no: string
  kind: string
  balance_minor: number
  currency: string
  status: string
}

export interface Product {
  id: string
  code: string
  name: string
  number: string | null
  status: string
  price_minor: number
  currency: string
  /** A date. */
  since: string
}

export interface Bill {
  id: string
  account_id: string
  /** First day of the month billed. */
  month: string
  total_minor: number
  currency: string
  due_on: string
  /** Null while it is owed. */
  paid_on: string | null
  lines: Array<{ label: string; amount_minor: number }>
}

export interface Order {
  id: string
  no: string
  subject: string
  status: string
  ordered_at: Instant
}

export interface CustomerOverview {
  card: CustomerCard
  address?: string | null
  accounts: Account[]
  products: Product[]
  bills: Bill[]
  contacts: Array<Partial<InteractionSummary> & { id: string }>
  orders: Order[]
}

export interface NewCustomer {
  name: string
  phones: string[]
  gender?: string
  address?: string
}

/** RFC 9457. */
export interface ProblemDocument {
  type?: string
  title?: string
  status?: number
  code?: string
  detail?: string
  [extra: string]: unknown
}

export type LiveDocument = AgentDocument | QueueDocument | InteractionDocument

export type LiveMessage =
  | { type: 'snapshot'; seq: number; now: Instant; docs: Record<string, LiveDocument> }
  | { type: 'change'; seq: number; key: string; value: LiveDocument | null }
  | { type: 'time'; now: Instant }
