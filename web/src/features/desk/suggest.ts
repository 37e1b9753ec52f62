import type { Disposition } from '@/shared/api/queues'
import type { InteractionDocument, TrailLine } from '@/shared/api/types'

type Contact = Pick<InteractionDocument, 'trail' | 'why'>

/** What the shipped businesses come to, where their codes do not say it. */
const usual: Record<string, string> = {
  bill_dispute: 'billing_dispute',
  invoice: 'billing',
  broadband_move: 'business_install',
  install: 'business_install',
  plan_change: 'business_plan',
  cancel_extra: 'business_plan',
  suspend: 'business',
  address: 'business',
  card: 'business',
}

/** From the strongest sign to the weakest. */
const signs = ['business_submitted', 'script_done', 'offer_result', 'business_opened'] as const

const word = (value: unknown): string => (typeof value === 'string' ? value : '')

function byCode(choices: readonly Disposition[], code: string): Disposition | undefined {
  if (!code) return undefined
  const of = (wanted: string | undefined) => choices.find((one) => one.code === wanted)
  return of(code) ?? of(usual[code]) ?? of(code.split('_')[0])
}

/** Two characters that stand together, without those that say nothing. */
const pairs = (text: string): string[] => Array.from({ length: Math.max(0, text.length - 1) }, (_, n) => text.slice(n, n + 2)).filter((pair) => /^[\u4e00-\u9fff]{2}$/.test(pair))

/** The one whose name has most in common with the words; none, if several have the same. */
function byName(choices: readonly Disposition[], text: string): Disposition | undefined {
  const wanted = new Set(pairs(text))
  const scored = choices.map((one) => ({ one, score: pairs(one.name).filter((pair) => wanted.has(pair)).length })).filter(({ score }) => score > 0)
  const best = Math.max(0, ...scored.map(({ score }) => score))
  const first = scored.filter(({ score }) => score === best)
  return first.length === 1 ? first[0]?.one : undefined
}

function ofLine(choices: readonly Disposition[], { data }: TrailLine): Disposition | undefined {
  const codes = [data.disposition, data.kind, data.code, data.result].map(word)
  return codes.map((code) => byCode(choices, code)).find(Boolean) ?? byName(choices, word(data.name))
}

/** What the contact was about, as far as what was done in it tells: businesses, scripts, and the way through the menu. */
export function suggested(choices: readonly Disposition[], contact: Contact): Disposition | undefined {
  for (const kind of signs) {
    const found = contact.trail
      .filter((line) => line.kind === kind && (kind !== 'offer_result' || line.data.result === 'accepted'))
      .toReversed()
      .map((line) => ofLine(choices, line))
      .find(Boolean)
    if (found) return found
  }
  const top = choices.filter(({ parent_id }) => !parent_id)
  const pressed = contact.trail.filter(({ kind, data }) => kind === 'flow' && data.choice).map(({ data }) => word(data.choice))
  return pressed
    .toReversed()
    .map((text) => byName(top, text))
    .find(Boolean)
}
