import type { Queue } from '@/shared/api/admin'
import type { OverflowRule, SkillWish } from '@/shared/api/queues'

export const strategies = ['longest_idle', 'least_occupied', 'round_robin', 'most_skilled', 'least_skilled_sufficient', 'ring_all', 'fixed_order'] as const
export const whens = ['wait', 'length', 'estimate', 'nobody', 'closed'] as const
export const most_rules = 10
export const most_skills = 10

/** What is set by people, on whatever tab. */
export const fields = [
  'name', 'name_en', 'priority', 'calendar_id', 'strategy', 'skills', 'prefer_seconds', 'ring_seconds', 'treatment', 'overflows',
  'wrapup_seconds', 'extend_seconds', 'target_seconds', 'target_share',
] as const satisfies ReadonlyArray<keyof Queue>
export type Field = (typeof fields)[number]
export type Touched = Partial<Pick<Queue, Field>>

export type Tab = 'members' | 'basics' | 'whom' | 'waiting' | 'overflow' | 'after'
export const tabs: readonly Tab[] = ['members', 'basics', 'whom', 'waiting', 'overflow', 'after']

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** What is to be sent: only what is different. */
export const changesOf = (queue: Queue, touched: Touched): Touched =>
  Object.fromEntries(Object.entries(touched).filter(([field, value]) => !same(value, queue[field as Field])))

/** Which other ways a rule can go, by when it is looked at: other sites help after a wait only. */
export const waysOf = (when: OverflowRule['when']): ReadonlyArray<OverflowRule['to']> =>
  when === 'wait' ? ['queue', 'site', 'voicemail', 'callback', 'message', 'number'] : ['queue', 'voicemail', 'callback', 'message', 'number']

export const hasLimit = (when: OverflowRule['when']): boolean => when === 'wait' || when === 'length' || when === 'estimate'
export const hasTarget = (to: OverflowRule['to']): boolean => to === 'queue' || to === 'message' || to === 'number'

/** A rule with another condition or way keeps of itself what still makes sense. */
export function ruleWith(rule: OverflowRule, part: Partial<OverflowRule>): OverflowRule {
  const next = { ...rule, ...part }
  if (!waysOf(next.when).includes(next.to)) next.to = 'queue'
  if (!hasLimit(next.when)) next.limit = 0
  else if (!next.limit || (part.when && part.when !== rule.when)) next.limit = next.when === 'length' ? 20 : 60
  if (!hasTarget(next.to) || (part.to && part.to !== rule.to)) next.target = part.target ?? ''
  return next
}

/** Key of what is wrong with a rule, beside it. */
export function ruleWrong(rule: OverflowRule, code: string): string | undefined {
  if (hasLimit(rule.when) && !(rule.limit && rule.limit > 0)) return 'queueSet.wrong.limit'
  if (rule.to === 'number' && !/^\+?\d{2,20}$/.test(rule.target ?? '')) return 'queueSet.wrong.number'
  if (hasTarget(rule.to) && !rule.target) return 'queueSet.wrong.target'
  if (rule.to === 'queue' && rule.target === code) return 'queueSet.wrong.self'
  return undefined
}

/** Key of what is wrong with a wish for a skill. */
export function wishWrong(wish: SkillWish): string | undefined {
  if (!wish.required && !wish.relax_after) return 'queueSet.relaxMissing'
  if (wish.relax_after && (wish.relax_to ?? 0) >= (wish.level ?? 1)) return 'queueSet.relaxWrong'
  return undefined
}

/** A wish with something else: what is preferred relaxes, and to less than it began with. */
export function wishWith(wish: SkillWish, part: Partial<SkillWish>): SkillWish {
  const next = { ...wish, ...part }
  if (!next.required && !next.relax_after) next.relax_after = 30
  if (!next.relax_after) next.relax_to = 0
  next.relax_to = Math.min(next.relax_to ?? 0, (next.level ?? 1) - 1)
  return next
}

/** Tabs on which something is wrong. */
export function wrongTabs(queue: Pick<Queue, 'name' | 'code' | 'skills' | 'overflows'>): Tab[] {
  const wrong: Tab[] = []
  if (!queue.name.trim()) wrong.push('basics')
  if (queue.skills.some(wishWrong)) wrong.push('whom')
  if (queue.overflows.some((rule) => ruleWrong(rule, queue.code))) wrong.push('overflow')
  return wrong
}

const where: Record<string, Tab> = { unknown_skill: 'whom', skill_twice: 'whom', unknown_calendar: 'basics', no_such_target: 'overflow', overflow_circle: 'overflow' }

/** The tab that a refusal is about, if it is about one. */
export const tabOf = (problem: unknown): Tab | undefined => where[(problem as { code?: string } | null)?.code ?? '']

export function movedUp<T>(list: readonly T[], index: number): T[] {
  const next = [...list]
  const [one] = next.splice(index, 1)
  if (one !== undefined) next.splice(Math.max(0, index - 1), 0, one)
  return next
}
