/**
 * What the centre sends and takes. Shapes of the HTTP API are generated from its own description (`npm run api`);
 * live documents follow docs/architecture.md, section "Live documents".
 */
import type { components } from './generated'

type Schemas = components['schemas']

/** ISO 8601, UTC. */
export type Instant = string

export type { Person, SessionGranted } from './identity'
export type SipCredential = Schemas['SipAccount']
export type IceServers = Schemas['IceServers']
export type AgentState = Schemas['AgentState']
export type AgentDocument = Schemas['AgentDocument']
export type Seat = Schemas['Seat']
export type BusyReason = Schemas['BusyReason']
export type QueueRef = Schemas['QueueReference']
export type QueueDocument = Schemas['QueueDocument']
export type CustomerCard = Schemas['Card']
export type NewCustomer = Schemas['NewCustomerBody']
export type TrailLine = Schemas['TrailLine']
export type RecordingRef = Schemas['RecordingReference']
export type AgentRef = Schemas['AgentReference']
export type Segment = Schemas['SegmentDocument']

export type InteractionState = 'ivr' | 'queue' | 'ring' | 'dial' | 'talk' | 'hold' | 'consult' | 'conference' | 'message' | 'wrapup' | 'closed'
export type Match = 'new' | 'withheld' | 'one' | 'several' | 'chosen'

/** The description leaves this reference open. */
interface CustomerRef {
  id: string
  name: string
  class: string | null
}

export type InteractionSummary = Omit<Schemas['Summary'], 'customer' | 'why'> & { customer: CustomerRef | null; why: KeptWhy }
export type InteractionDetail = Omit<Schemas['Detail'], 'customer' | 'why'> & { customer: CustomerRef | null; why: KeptWhy }
export type Participant = Schemas['ParticipantDocument']
export type KeptWrapup = Schemas['WrapupDocument']
export type InteractionLink = Schemas['Link']

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export interface PathStep {
  node: string
  kind: string
  label: string | null
  key: string | null
}

/** Why this agent (routing's explanation of its decision; `yuelai.routing.explain` says what it holds). */
export interface Explanation {
  chosen?: 'agent' | 'contact' | 'person' | 'everybody'
  decided_by?: string
  strategy?: string
  considered?: number
  customer_class?: string
  head_start_seconds?: number
  waited_seconds?: number
  offer?: number
  queue?: string
  served_by_queue?: string
  candidates?: Array<{ number: string; level?: number; idle_seconds?: number; figure?: { name: string; value: number } }>
  queues?: Array<{ queue: string; waited_seconds: number; class: string }>
  met?: Met
  steps?: WhyStep[]
}

/** What a contact met in its queue that made it wait: how many are ahead, and what its members were doing. */
export interface Met {
  ahead: number
  members?: number
  ready?: number
  /** Ready, but not to be reached. */
  away?: number
  busy?: number
  offline?: number
  ringing?: number
  talking?: number
  hold?: number
  consult?: number
  wrapup?: number
}

/** The terms it waited under changed; routing calls it `why`, the trail `step`. */
export interface WhyStep {
  why?: string
  step?: string
  seconds?: number
  agents?: Array<{ id: string; why: string }>
  queues?: string[]
  from?: string
  to?: string
  when?: string
}

export interface KeptWhy {
  explanation: Explanation | null
  met: Met | null
  steps: WhyStep[]
  refused: Array<{ agent: string; reason: string }>
  handed: Array<{ by: string; agent: string | null; queue: string | null; number: string | null }>
}

export interface Why {
  path: PathStep[]
  collected: Record<string, unknown>
  queue_wait: number | null
  explanation: Explanation | null
}

export interface TenantRef {
  id: string
  code: string
  name: string
}

export interface LiveParticipant {
  id: string
  role: 'customer' | 'agent' | 'consulted' | 'third' | 'leader'
  agent_id: string | null
  number: string
  name: string
  state: string
  since: Instant
}

export interface InteractionDocument {
  id: string
  /** Whose contact it is; its customer is asked for there, whatever tenant the session acts at. */
  tenant: TenantRef
  trail_no: string
  channel: string
  direction: string
  state: InteractionState
  ani: string
  dnis: string
  queue: QueueRef | null
  agent_id: string | null
  agent_number: string | null
  /** All who may see it as theirs, the one in charge first; who wraps up is among them. */
  holders?: Array<{ agent_id: string; number: string }>
  participants?: LiveParticipant[]
  wrapups?: Array<{ agent_id: string; since: Instant; until: Instant | null }>
  match: Match | null
  customer: CustomerCard | null
  candidates: CustomerCard[]
  started_at: Instant
  state_since: Instant
  answered_at: Instant | null
  until: Instant | null
  recording: boolean
  recording_paused?: boolean
  why: Why | null
  trail: TrailLine[]
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
  | { type: 'snapshot'; epoch: string; seq: number; now: Instant; docs: Record<string, LiveDocument> }
  /** After a cut: only what was missed since the mark the page came back with. */
  | { type: 'resumed'; epoch: string; seq: number; now: Instant; changes: Record<string, LiveDocument | null> }
  /** `n` counts from 1 on each connection; whoever has this change has all up to `seq`. */
  | { type: 'change'; n: number; seq: number; key: string; value: LiveDocument | null }
  | { type: 'time'; now: Instant }
  /** Down: what is shown is old. Up: a snapshot follows. */
  | { type: 'core'; up: boolean }
