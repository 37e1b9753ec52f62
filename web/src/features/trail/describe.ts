import { phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import type { InteractionDetail, InteractionDocument, TrailLine } from '@/shared/api/types'
import { stepTaken } from '@/shared/format/waiting'
import { length } from '@/shared/time/format'
import type { IconName } from '@/shared/ui/icons'
import type { Tone } from '@/shared/ui/parts'
import { toolIcons, toolLine } from './toolLines'

type Translate = (key: string, options?: Record<string, unknown>) => string

/** A line of the service trail as it is read. */
export interface Line {
  at: string
  icon: IconName
  text: string
  /** The thing itself, after the text: what somebody looks for in a long trail. */
  thing?: string
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
  transfer: 'transfer',
  consult: 'people',
  conference: 'people',
  system: 'info',
  callback: 'phone',
  voicemail: 'message',
  message: 'mail',
  ...toolIcons,
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

/** The terms it waits under have changed, in the words of the page's own sentence. */
function stepText(data: Record<string, unknown>, t: Translate, queueName: (code: string) => string): string {
  if (data.step === 'waits') return t(Number(data.ready ?? 0) > 0 ? 'trail.waitsOn' : 'trail.waits')
  const text = stepTaken({ ...data, step: word(data.step) }, t, queueName)
  return text ? text.charAt(0).toUpperCase() + text.slice(1) : codeText(t, 'trail.kind', 'queue')
}

/** A customer is passed on, or somebody is asked about them. */
function handedText(line: TrailLine, t: Translate, queueName: (code: string) => string): string {
  const { data, kind } = line
  const number = word(data.number)
  const whom = word(data.agent) || (data.queue ? queueName(word(data.queue)) : '') || word(data.access) || (number ? phone(number) : '')
  const group = { transfer: 'transfer', consult: 'consult', conference: 'conference' }[kind] ?? 'transfer'
  if (data.failed) return t(group === 'transfer' ? 'trail.transferFailed' : 'trail.consultFailed', { whom, why: codeText(t, 'refusal', word(data.failed)) })
  return t({ transfer: 'trail.transferred', consult: 'trail.consultedBy', conference: 'trail.conferred' }[group] ?? '', { agent: line.actor, whom })
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

function callbackText(data: Record<string, unknown>, t: Translate): string {
  if (data.result) return t('trail.notReached', { why: codeText(t, 'trail.result', word(data.result)) })
  if (data.own_phone) return t('trail.ownPhone')
  if (data.cancelled) return t('trail.recalled')
  if (data.attempt) return t('trail.calledBack', { kind: codeText(t, 'trail.owed', word(data.kind)), attempt: word(data.attempt) })
  return t('trail.booked')
}

function messageText(data: Record<string, unknown>, t: Translate): string {
  const said = { template: codeText(t, 'trail.sms.template', word(data.template)), state: codeText(t, 'trail.sms.state', word(data.state)) }
  return data.reason ? t('trail.messageNot', { ...said, why: codeText(t, 'trail.sms.why', word(data.reason)) }) : t('trail.messageSent', said)
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
      if (data.diverted) {
        const why = codeText(t, 'reasons.when', word(data.why))
        return { at, icon, text: t('trail.diverted', { where: codeText(t, 'trail.where', word(data.diverted)), why }) }
      }
      return data.step ? { at, icon, text: stepText(data, t, queueName) } : { at, icon, text: t(data.moved ? 'trail.movedTo' : 'trail.queued', { queue: queueName(word(data.queue)) }) }
    case 'transfer':
    case 'consult':
    case 'conference':
      return { at, icon, text: handedText(line, t, queueName), tone: data.failed ? 'amber' : undefined }
    case 'offer':
      return { at, icon, text: offerText(data, t), tone: data.failed ? 'amber' : undefined }
    case 'note':
      return { at, icon, text: line.text ?? '', tone: 'gold', quote: true }
    case 'sound':
      return { at, icon, text: soundText(data, t) }
    case 'callback':
      return { at, icon, text: callbackText(data, t), tone: data.result || data.own_phone ? 'amber' : undefined }
    case 'voicemail':
      return { at, icon, text: data.seconds ? t('trail.left', { time: length(Number(data.seconds)) }) : t('trail.notLeft') }
    case 'message':
      return { at, icon, text: messageText(data, t), tone: { failed: 'amber', unknown: 'amber', refused: 'amber', delivered: 'ok' }[word(data.state)] as Tone | undefined }
    case 'recording':
      return { at, icon, text: t(data.paused ? 'trail.recordingPaused' : 'trail.recordingResumed', { agent: line.actor }) }
    case 'customer':
      return { at, icon, text: t('trail.chosen', { agent: line.actor }) }
    default:
      if (kind in toolIcons) return toolLine(line, t)
      return { at, icon, text: line.text || systemText(data, t) || codeText(t, 'trail.kind', kind) }
  }
}

/** The beginning, which the trail itself does not repeat. */
export function arrival(contact: Pick<InteractionDocument, 'started_at' | 'direction' | 'ani' | 'dnis'>, t: Translate): Line {
  if (contact.direction === 'out') return { at: contact.started_at, icon: 'outgoing', text: t('trail.called', { to: phone(contact.dnis), from: contact.ani }) }
  return { at: contact.started_at, icon: 'incoming', text: t('trail.arrived', { from: phone(contact.ani), to: contact.dnis }) }
}

interface Stretch {
  kind: string
  at: string
  agent: string
}

const told: Record<string, { icon: IconName; text: string; tone?: Tone }> = {
  hold: { icon: 'pause', text: 'trail.held', tone: 'amber' },
  consult: { icon: 'people', text: 'trail.consulting', tone: 'amber' },
  conference: { icon: 'people', text: 'trail.conference' },
  dial: { icon: 'outgoing', text: 'trail.dialling' },
  message: { icon: 'record', text: 'trail.message' },
  wrapup: { icon: 'pen', text: 'trail.ended' },
}

/** Answer, hold and retrieval (with how long the hold was), consultation and so on, from the stretches. */
function stretches(list: readonly Stretch[], t: Translate, silent: ReadonlySet<Stretch>): Line[] {
  let before: Stretch | null = null
  const lines: Line[] = []
  for (const one of list) {
    const { at, agent } = one
    const look = told[one.kind]
    if (look && silent.has(one)) {
      // Told already.
    } else if (look) lines.push({ at, icon: look.icon, text: t(look.text), tone: look.tone })
    else if (before?.kind === 'hold' && before.agent === agent) {
      const time = length((Date.parse(at) - Date.parse(before.at)) / 1_000)
      lines.push({ at, icon: 'phone', text: t('trail.retrieved', { time }) })
    } else if (before && ['consult', 'conference'].includes(before.kind) && before.agent !== agent) lines.push({ at, icon: 'phone', text: t('trail.goesOn', { agent }) })
    else if (before && ['consult', 'conference'].includes(before.kind)) lines.push({ at, icon: 'phone', text: t('trail.backToTalk') })
    else lines.push({ at, icon: 'phone', text: t('trail.answeredBy', { agent }) })
    before = one
  }
  return lines
}

/** A contact knows its own queue's name, also when that queue is another tenant's than the one signed in at. */
const withOwn =
  (contact: { queue: { code: string; name: string } | null }, queueName: (code: string) => string) =>
  (code: string): string =>
    contact.queue?.code === code ? contact.queue.name : queueName(code)

const near = 1_500
const close = (a: string, b: string): boolean => Math.abs(Date.parse(a) - Date.parse(b)) < near

/** A rule that moves a contact is told with its reason; that it then stands in that queue says nothing more. */
const once = (trail: readonly TrailLine[]): TrailLine[] =>
  trail.filter(({ kind, at, data }) => !(kind === 'queue' && data.moved && trail.some((one) => one.kind === 'queue' && one.data.step === 'overflow' && one.data.to === data.queue && close(one.at, at))))

/** Who asks whom stands in the trail by itself; the stretch that begins with it would say it twice. */
const untold = (list: readonly Stretch[], trail: readonly TrailLine[]): Set<Stretch> =>
  new Set(list.filter((one) => ['consult', 'conference'].includes(one.kind) && trail.some(({ kind, at, data }) => kind === one.kind && !data.failed && close(at, one.at))))

/** Who had the customer at that time: whom it was given to last, and who has it now in the newest stretch. */
function agentAt(contact: InteractionDocument, at: string, newest: boolean): string {
  if (newest && contact.agent_number) return contact.agent_number
  const given = contact.trail.findLast((line) => line.kind === 'offer' && !line.data.failed && Date.parse(line.at) <= Date.parse(at))
  return word(given?.data.agent) || (contact.agent_number ?? '')
}

/** The trail of a contact that is going on. */
export function liveLines(contact: InteractionDocument, t: Translate, queueName: (code: string) => string): Line[] {
  const own = contact.trail
    .filter((line) => line.kind === 'segment')
    .map((line, index, all): Stretch => ({ kind: word(line.data.segment), at: line.at, agent: agentAt(contact, line.at, index === all.length - 1) }))
  if (contact.state === 'wrapup' && !own.some(({ kind }) => kind === 'wrapup')) own.push({ kind: 'wrapup', at: contact.state_since, agent: '' })
  own.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  const rest = once(contact.trail)
    .filter((line) => line.kind !== 'segment')
    .map((line) => describe(line, t, withOwn(contact, queueName)))
  return inOrder([arrival(contact, t), ...stretches(own, t, untold(own, contact.trail)), ...rest])
}

/** The trail of a contact as it was kept: its segments tell of answer, holds and wrap-up. */
export function keptLines(contact: InteractionDetail, t: Translate, queueName: (code: string) => string): Line[] {
  const own = contact.segments
    .filter((one) => one.kind === 'talk' || one.kind in told)
    .map((one): Stretch => ({ kind: one.kind, at: one.started_at, agent: one.agent?.number ?? '' }))
  const rest = once(contact.trail).map((line) => describe(line, t, withOwn(contact, queueName)))
  return inOrder([arrival(contact, t), ...stretches(own, t, untold(own, contact.trail)), ...rest])
}

export const inOrder = (lines: Array<Line | null>): Line[] =>
  lines.filter((line) => line !== null).toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
