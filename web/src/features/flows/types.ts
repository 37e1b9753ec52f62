/** A flow's document as the designer holds it, and what the centre says about flows. */
import type { Answer, ItemOf } from '@/shared/api/answers'

export const kinds = [
  'say', 'notice', 'menu', 'collect', 'consent', 'language', 'rating',
  'condition', 'hours', 'verify',
  'lookup', 'set', 'pay', 'message',
  'queue', 'transfer', 'callback', 'record', 'flow', 'hangup',
] as const
export type Kind = (typeof kinds)[number]

/** On the canvas, px. */
export type Place = readonly [x: number, y: number]

/** What is spoken of a value: an expression by the way it is said. */
export const spoken = ['money', 'digits', 'number', 'date', 'text'] as const
export type Spoken = (typeof spoken)[number]
export type SayItem = string | { prompt: string } | ({ [K in Spoken]?: string } & { currency?: string })

export interface Choice {
  next: string
  label?: string
  words?: readonly string[]
}
export interface Case {
  when: string
  next: string
}

/** A node; which fields it has is told by its kind (`kinds.ts`). */
export interface FlowNode {
  kind: Kind
  label?: string
  say?: readonly SayItem[]
  at?: Place
  choices?: Readonly<Record<string, Choice>>
  cases?: readonly Case[]
  [field: string]: unknown
}

export interface Handlers {
  attempts?: number
  no_input?: readonly SayItem[]
  no_match?: readonly SayItem[]
  failed: string
  error: string
}

export interface FlowDocument {
  id: string
  version: number
  name?: string
  start: string
  maximum_steps?: number
  early?: boolean
  handlers: Handlers
  nodes: Readonly<Record<string, FlowNode>>
}

/** What is wrong, at which node (empty: the flow as a whole) and which exit of it. */
export type FlowProblem = Answer<'/api/v1/flows/check', 'post'>['problems'][number]

export type FlowLine = ItemOf<'/api/v1/flows'>

export interface FlowDraft {
  document: FlowDocument
  rev: number
  saved_at: string
  by: string | null
  problems: FlowProblem[]
}

export interface FlowWhole {
  code: string
  name: string
  shipped: boolean
  /** Goes up with everything that happens to the draft. */
  rev: number
  draft: FlowDraft | null
  published: { version: number; at: string | null; by: string | null; note: string; document: FlowDocument } | null
  /** Contacts in it now, by version; null while that is not known. */
  running: Record<string, number> | null
}

export type FlowVersion = ItemOf<'/api/v1/flows/{code}/versions'>

export type NodeChange = Comparison['nodes'][number]
export type FieldChange = Comparison['handlers'][number]
export type Comparison = Answer<'/api/v1/flows/{code}/compare'>

export type NodeTraffic = Traffic['nodes'][string]
export type Traffic = Answer<'/api/v1/flows/{code}/traffic'>
export type Live = Answer<'/api/v1/flows/{code}/live'>
export type NodeLive = Live['nodes'][string]
export type Rate = ItemOf<'/api/v1/flows/rates'>

export type PromptLine = ItemOf<'/api/v1/flows/prompts'>
export type LookUpLine = ItemOf<'/api/v1/flows/lookups'>

/** `ms` is its own time since the contact came. */
export type SimulationEvent = Simulation['events'][number]
export type Simulation = Answer<'/api/v1/flows/simulations', 'post'>
