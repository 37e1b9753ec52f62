/** A flow's document as the designer holds it, and what the centre says about flows. */

export const kinds = [
  'say', 'notice', 'menu', 'collect', 'consent', 'language', 'rating',
  'condition', 'hours', 'verify',
  'lookup', 'set', 'pay',
  'queue', 'transfer', 'callback', 'flow', 'hangup',
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

export interface FlowProblem {
  /** Empty: of the flow as a whole. */
  node: string
  exit: string
  severity: 'error' | 'warning'
  code: string
  message: string
}

export interface FlowLine {
  code: string
  name: string
  shipped: boolean
  published: { version: number; at: string | null; by: string | null } | null
  draft: { rev: number; saved_at: string; by: string | null; errors: number; warnings: number } | null
  numbers: string[]
  /** Null while that is not known. */
  running: number | null
}

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

export interface FlowVersion {
  version: number
  at: string | null
  by: string | null
  note: string
  current: boolean
}

export interface NodeChange {
  node: string
  change: 'added' | 'removed' | 'changed'
  fields: FieldChange[]
}
export interface FieldChange {
  name: string
  one: unknown
  other: unknown
}
export interface Comparison {
  handlers: FieldChange[]
  nodes: NodeChange[]
}

export interface NodeTraffic {
  entered: number
  left: number
  mistakes: number
  given_up: number
}
export interface Traffic {
  walks: number
  served: number
  unserved: number
  queue: number
  transfer: number
  left: number
  failed: number
  share_served: number | null
  repeated_within_day: number | null
  nodes: Record<string, NodeTraffic>
  edges: Array<{ one: string; other: string; count: number }>
}

export interface PromptLine {
  name: string
  text_zh: string
  text_en: string
}
export interface LookUpLine {
  name: string
  arguments: string[]
  answer: string[]
}

export interface SimulationEvent {
  /** Since the contact came, of its own time. */
  ms: number
  kind: 'step' | 'say' | 'key' | 'variable' | 'end'
  node: string
  text: string
  data: Record<string, unknown>
}
export interface Simulation {
  id: string
  events: SimulationEvent[]
  waiting: { node: string; kind: string; seconds: number; keys: string[] } | null
  variables: Record<string, unknown>
  node: string
  ended: { outcome: string; queue?: string | null; number?: string | null } | null
}
