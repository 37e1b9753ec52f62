import type { TollRule } from '@/shared/api/telephony'

type Translate = (key: string, options?: Record<string, unknown>) => string

export const classes = ['service', 'toll_free', 'fixed', 'mobile', 'shared_cost', 'premium', 'satellite', 'international', 'unknown'] as const
export const limits = ['max_concurrent', 'max_per_minute', 'max_minutes_day', 'max_spend_day_micro'] as const
export type Limit = (typeof limits)[number]

export type TollDraft = Omit<TollRule, 'id' | 'version' | 'used_today'>

export const emptyRule: TollDraft = {
  name: '', position: 100, active: true, action: 'deny', seats: [], trunks: [], classes: [], countries: [], prefixes: [], weekdays: [], from_time: null, to_time: null, counted: 'seat',
  max_concurrent: null, max_per_minute: null, max_minutes_day: null, max_spend_day_micro: null,
}

const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

/** One IP address. */
export function addressFits(text: string): boolean {
  const parts = four.exec(text.trim())
  if (parts) return parts.slice(1).every((part) => Number(part) < 256)
  return /^[0-9a-f:.]{2,45}$/i.test(text.trim()) && text.split(':').length > 2
}

/** An address, or a network. */
export function networkFits(text: string): boolean {
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  return addressFits(address) && (bits === undefined || Number(bits) <= (four.test(address) ? 32 : 128))
}

export function wrongInRule(draft: TollDraft): Partial<Record<'name' | 'prefixes' | 'countries' | 'hours' | 'limits', string>> {
  const wrong: ReturnType<typeof wrongInRule> = {}
  if (!draft.name.trim()) wrong.name = 'tel.wrong.name'
  if (!draft.prefixes.every((prefix) => /^\d{1,20}$/.test(prefix))) wrong.prefixes = 'tel.wrong.prefix'
  if (!draft.countries.every((country) => /^[A-Z]{2}$/.test(country))) wrong.countries = 'tel.wrong.country'
  const clock = /^([01]\d|2[0-3]):[0-5]\d(:00)?$/
  if ((draft.from_time === null) !== (draft.to_time === null) || [draft.from_time, draft.to_time].some((time) => time !== null && !clock.test(time))) wrong.hours = 'tel.wrong.hours'
  if (draft.action === 'limit' && limits.every((limit) => draft[limit] === null)) wrong.limits = 'tel.wrong.limit'
  return wrong
}

/** What is sent: limits only where the rule limits. */
export function bodyOfRule(draft: TollDraft): TollDraft {
  const none = { max_concurrent: null, max_per_minute: null, max_minutes_day: null, max_spend_day_micro: null }
  return { ...draft, name: draft.name.trim(), ...(draft.action === 'limit' ? {} : none) }
}

const short = (time: string) => time.slice(0, 5)

/** Which calls a rule is about, in a line. */
export function aboutRule(rule: TollDraft, names: ReadonlyMap<string, string>, t: Translate): string {
  const parts = [
    rule.classes.map((one) => t(`tel.guards.class.${one}`)).join(t('admin.common.and')),
    rule.countries.join(' '),
    rule.prefixes.map((prefix) => `+${prefix}`).join(' '),
  ].filter(Boolean)
  const who = [...rule.seats, ...rule.trunks.map((id) => names.get(id) ?? '?')].join(' ')
  const when = [
    rule.weekdays.length > 0 && rule.weekdays.length < 7 ? rule.weekdays.map((day) => t(`tel.routes.day.${day}`)).join(' ') : '',
    rule.from_time && rule.to_time ? `${short(rule.from_time)}–${short(rule.to_time)}` : '',
  ].filter(Boolean)
  return [parts.join(' ') || t('tel.guards.allNumbers'), who && t('tel.guards.by', { who }), when.join(' ')].filter(Boolean).join(' · ')
}

/** What a limiting rule allows. */
export function limitsOf(rule: TollDraft, t: Translate): string {
  const told = limits.flatMap((limit) => {
    const value = rule[limit]
    return value === null ? [] : [t(`tel.guards.limitText.${limit}`, { value: limit === 'max_spend_day_micro' ? (value / 1_000_000).toFixed(2) : value })]
  })
  return told.length > 0 ? `${t(`tel.guards.counted.${rule.counted}`)} ${told.join(t('admin.common.and'))}` : ''
}
