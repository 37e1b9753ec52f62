import { phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import type { InteractionDetail, InteractionDocument, TrailLine } from '@/shared/api/types'
import { length } from '@/shared/time/format'
import type { IconName } from '@/shared/ui/icons'
import type { Tone } from '@/shared/ui/parts'

type Translate = (key: string, options?: Record<string, unknown>) => string

/** A line of the service trail as it is read. */
export interface Line {
  at: string
  icon: IconName
  text: string
  tone?: Tone
  /** Words of a person: set off from what the system wrote. */
  quote?: boolean
}

const icons: Record<string, IconName> = {
  flow: 'keyboard',
  lookup: 'search',
  queue: 'people',
  offer: 'transfer',
  note: 'pen',
  customer: 'person',
  recording: 'record',
  system: 'info',
}

const word = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** A step of the flow by what it left behind; null for steps only a flow's author cares for. */
function flowText(data: Record<string, unknown>, t: Translate): string | null {
  if ('exit' in data || 'names' in data || 'queue' in data) return null
  const step = word(data.label) || codeText(t, 'node', word(data.node))
  const key = word(data.key)
  const attempt = Number(data.attempt ?? 1)
  if (data.problem) return t(`trail.flow.${word(data.problem)}`, { step, key, attempt })
  if (data.repeat) return t('trail.flow.repeat', { step, key })
  if (key) return t('trail.flow.pressed', { step, key, choice: word(data.choice) })
  if ('digits' in data) return t('trail.flow.digits', { step, digits: word(data.digits) })
  if ('length' in data) return t('trail.flow.hidden', { step, length: word(data.length) })
  if ('lookup' in data) return t(data.ok === false ? 'trail.flow.lookupFailed' : 'trail.flow.lookup', { step })
  if ('error' in data) return t('trail.flowFailed')
  return step
}

function offerText(data: Record<string, unknown>, t: Translate): string {
  const agent = word(data.agent)
  if (data.failed) return t('trail.offerFailed', { agent, why: codeText(t, 'refusal', word(data.failed)) })
  const explanation = (data.why ?? data) as Record<string, unknown>
  const why = codeText(t, 'decided', word(explanation.decided_by) || word(explanation.strategy))
  return why ? t('trail.offeredWhy', { agent, why }) : t('trail.offered', { agent })
}

function systemText(data: Record<string, unknown>, t: Translate): string {
  if (data.rejoined) return t('trail.rejoined', { agent: word(data.rejoined) })
  if (data.agent_lost) return t('trail.lost', { agent: word(data.agent_lost) })
  if (data.restarted_in) return t('trail.restarted', { state: t(`state.${word(data.restarted_in)}`) })
  if (data.recording === 'failed') return t('trail.notRecorded')
  if (data.flow === 'failed') return t('trail.flowFailed')
  if (data.queue === 'closed') return t('trail.queueClosed')
  return Object.entries(data)
    .map(([name, value]) => `${name} ${word(value)}`)
    .join(' · ')
}

function soundText(data: Record<string, unknown>, t: Translate): string {
  const parties = (['customer', 'agent'] as const)
    .filter((party) => data[party] !== undefined)
    .map((party) => t(`trail.${party}`, { mos: word((data[party] as { mos?: number }).mos) }))
  return t('trail.sounded', { parties: parties.join(' · ') })
}

/** What a line says, null if nothing worth reading; `queueName` turns a queue's code into its name. */
export function describe(line: TrailLine, t: Translate, queueName: (code: string) => string = (code) => code): Line | null {
  const { at, kind, data } = line
  const icon = icons[kind] ?? 'info'
  switch (kind) {
    case 'flow': {
      const text = line.text || flowText(data, t)
      const failed = data.problem !== undefined || data.ok === false
      return text ? { at, icon: 'lookup' in data ? 'search' : icon, text, tone: failed ? 'amber' : undefined } : null
    }
    case 'queue':
      return { at, icon, text: t(data.moved ? 'trail.movedTo' : 'trail.queued', { queue: queueName(word(data.queue)) }) }
    case 'offer':
      return { at, icon, text: offerText(data, t), tone: data.failed ? 'amber' : undefined }
    case 'note':
      return { at, icon, text: line.text ?? '', tone: 'gold', quote: true }
    case 'sound':
      return { at, icon, text: soundText(data, t) }
    case 'recording':
      return { at, icon, text: t(data.paused ? 'trail.recordingPaused' : 'trail.recordingResumed', { agent: line.actor }) }
    case 'customer':
      return { at, icon, text: t('trail.chosen', { agent: line.actor }) }
    default:
      return { at, icon, text: line.text || systemText(data, t) || codeText(t, 'trail.kind', kind) }
  }
}

/** The beginning, which the trail itself does not repeat. */
export function arrival(contact: Pick<InteractionDocument, 'started_at' | 'ani' | 'dnis'>, t: Translate): Line {
  return { at: contact.started_at, icon: 'incoming', text: t('trail.arrived', { from: phone(contact.ani), to: contact.dnis }) }
}

interface Stretch {
  kind: string
  at: string
  agent: string
}

/** Answer, hold and retrieval (with how long the hold was) from the stretches of talk, hold and wrap-up. */
function stretches(list: readonly Stretch[], t: Translate): Line[] {
  let before: Stretch | null = null
  const lines: Line[] = []
  for (const one of list) {
    const { at, agent } = one
    if (one.kind === 'hold') lines.push({ at, icon: 'pause', text: t('trail.held'), tone: 'amber' })
    else if (one.kind === 'wrapup') lines.push({ at, icon: 'pen', text: t('trail.ended') })
    else if (before?.kind === 'hold') {
      const time = length((Date.parse(at) - Date.parse(before.at)) / 1_000)
      lines.push({ at, icon: 'phone', text: t('trail.retrieved', { time }) })
    } else lines.push({ at, icon: 'phone', text: t('trail.answeredBy', { agent }) })
    before = one
  }
  return lines
}

/** A contact knows its own queue's name, also when that queue is another tenant's than the one signed in at. */
const withOwn =
  (contact: { queue: { code: string; name: string } | null }, queueName: (code: string) => string) =>
  (code: string): string =>
    contact.queue?.code === code ? contact.queue.name : queueName(code)

/** The trail of a contact that is going on. */
export function liveLines(contact: InteractionDocument, t: Translate, queueName: (code: string) => string): Line[] {
  const agent = contact.agent_number ?? ''
  const own = contact.trail
    .filter((line) => line.kind === 'segment')
    .map((line) => ({ kind: word(line.data.segment), at: line.at, agent }))
  if (contact.state === 'wrapup' && own.at(-1)?.kind !== 'wrapup') own.push({ kind: 'wrapup', at: contact.state_since, agent })
  const rest = contact.trail
    .filter((line) => line.kind !== 'segment')
    .map((line) => describe(line, t, withOwn(contact, queueName)))
  return inOrder([arrival(contact, t), ...stretches(own, t), ...rest])
}

/** The trail of a contact as it was kept: its segments tell of answer, holds and wrap-up. */
export function keptLines(contact: InteractionDetail, t: Translate, queueName: (code: string) => string): Line[] {
  const own = contact.segments
    .filter((one) => ['talk', 'hold', 'wrapup'].includes(one.kind))
    .map((one) => ({ kind: one.kind, at: one.started_at, agent: one.agent?.number ?? '' }))
  const rest = contact.trail.map((line) => describe(line, t, withOwn(contact, queueName)))
  return inOrder([arrival(contact, t), ...stretches(own, t), ...rest])
}

export const inOrder = (lines: Array<Line | null>): Line[] =>
  lines.filter((line) => line !== null).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
