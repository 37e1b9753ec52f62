import type { Explanation, KeptWhy, Met, WhyStep } from '@/shared/api/types'
import { codeText } from '@/shared/i18n'
import { stepName, stepTaken } from '@/shared/format/waiting'
import { length } from '@/shared/time/format'

type Translate = (key: string, options?: Record<string, unknown>) => string

/** What is explained: the contact as the list and the page have it. */
export interface Explained {
  direction: string
  state: string
  end_reason?: string | null
  answered: boolean
  wait_seconds: number
  queue: { code: string; name: string } | null
  /** Who got it in the end. */
  agent: { number: string | null } | null
  why: KeptWhy
}

const working = ['ringing', 'talking', 'hold', 'consult', 'wrapup'] as const

/** Why it waited, in a sentence; null when no queue was entered. */
export function whyWaited(one: Explained, t: Translate, queueName: (code: string) => string): string | null {
  const { explanation, refused } = one.why
  if (!one.queue && !explanation) return null
  const met = explanation?.met ?? one.why.met
  const steps = explanation?.steps?.length ? explanation.steps : one.why.steps
  if (explanation && !met && refused.length === 0 && one.wait_seconds < 1) return t('reasons.atOnce')
  // Where it waited first; since then it may have been passed on.
  const queue = explanation?.queue ? queueName(explanation.queue) : (one.queue?.name ?? '')
  const parts = [
    ...(met ? [obstacle(met, steps, queue, t)] : []),
    ...(met && met.ahead > 0 ? [t('reasons.ahead', { count: met.ahead })] : []),
    ...steps.map((step) => stepTaken(step, t, queueName)).filter((text) => text !== ''),
    ...(refused.length > 0 ? [t('reasons.refused', { who: refusals(refused, t) })] : []),
  ]
  const time = length(one.wait_seconds)
  if (parts.length === 0 && !explanation) return t('reasons.unserved', { time })
  if (parts.length === 0) return one.wait_seconds < 1 ? t('reasons.atOnce') : t('reasons.ringing', { time })
  const lead = !one.answered && one.end_reason === 'abandoned' ? 'reasons.gaveUp' : 'reasons.waited'
  return t(lead, { time, why: parts.join(t('reasons.and')) })
}

/** What stood in its way as it came: nobody there, nobody free, or somebody it was kept for. */
function obstacle(met: Met, steps: readonly WhyStep[], queue: string, t: Translate): string {
  const there = (met.members ?? 0) - (met.offline ?? 0)
  if (there <= 0) return t('reasons.nobodyThere', { queue })
  if ((met.ready ?? 0) > 0) {
    const kept = steps.some((step) => ['only', 'preferred'].includes(stepName(step)))
    return t(kept ? 'reasons.keptBack' : 'reasons.noneFits', { queue, count: met.ready ?? 0 })
  }
  const states = [...working, 'busy' as const, 'away' as const]
    .filter((state) => (met[state] ?? 0) > 0)
    .map((state) => t(`reasons.state.${state}`, { count: met[state] ?? 0 }))
  return t('reasons.nobodyFree', { queue, count: there, states: states.join(t('reasons.or')) })
}

const refusals = (refused: KeptWhy['refused'], t: Translate): string =>
  refused
    .filter((one) => one.reason !== 'taken')
    .map((one) => `${one.agent} ${codeText(t, 'refusal', one.reason)}`)
    .join(t('reasons.or'))

/** Why that agent got it, in a sentence; null when nobody was offered it. */
export function whyChosen(one: Explained, t: Translate, queueName: (code: string) => string): string | null {
  const { explanation } = one.why
  if (!explanation) return one.direction === 'out' && one.agent ? t('reasons.chosen.own', { agent: one.agent.number }) : null
  const first = explanation.candidates?.[0]
  const agent = (explanation.chosen === 'everybody' ? one.agent?.number : first?.number) ?? one.agent?.number ?? ''
  const code = explanation.chosen === 'everybody' ? 'everybody' : (explanation.decided_by ?? explanation.strategy ?? '')
  const figure = first?.figure?.value
  const others = (explanation.queues ?? []).length - 1
  const sentence = t(`reasons.chosen.${code}`, {
    agent,
    count: explanation.considered ?? 1,
    idle: length(first?.idle_seconds ?? 0),
    figure: figure === undefined ? '' : first?.figure?.name === 'occupancy' ? `${Math.round(figure * 100)} %` : String(figure),
    time: length(explanation.waited_seconds ?? one.wait_seconds),
    defaultValue: t('reasons.chosen.other', { agent, why: codeText(t, 'decided', code) }),
  })
  const more = [
    ...(code === 'first_agent_to_become_free' && others > 0 ? [t('reasons.chosen.before', { count: others })] : []),
    ...(explanation.chosen === 'contact' && (explanation.head_start_seconds ?? 0) > 0 ? [headStart(explanation, t)] : []),
    ...(explanation.served_by_queue ? [t('reasons.chosen.helps', { queue: queueName(explanation.served_by_queue) })] : []),
    ...one.why.handed.filter((hand) => hand.agent && hand.agent !== agent).map((hand) => t('reasons.chosen.handed', { by: hand.by, agent: hand.agent })),
  ]
  return [sentence, ...more].join(t('reasons.and')) + t('reasons.stop')
}

/** Ordinary customers are ahead by their queue's priority only. */
function headStart(explanation: Explanation, t: Translate): string {
  const time = length(explanation.head_start_seconds ?? 0)
  const known = explanation.customer_class && explanation.customer_class !== 'normal'
  return known ? t('reasons.chosen.headStart', { class: codeText(t, 'class', explanation.customer_class), time }) : t('reasons.chosen.priority', { time })
}
