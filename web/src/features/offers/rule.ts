import type { OfferFact } from '@/shared/api/knowledge'

export type Value = boolean | number | string[]
export interface Condition {
  fact: string
  op: string
  value: Value
}
export interface Group {
  match: 'all' | 'any'
  conditions: Array<Condition | Group>
}

export const isGroup = (one: Condition | Group): one is Group => 'conditions' in one

export const everybody: Group = { match: 'all', conditions: [] }

/** What a new condition on a fact begins with. */
export function begun({ fact, kind, ops }: OfferFact): Condition {
  const value: Record<OfferFact['kind'], Value> = { text: [], list: [], number: 0, truth: true }
  return { fact, op: ops[0] ?? '', value: value[kind] }
}

/** The kept form of a rule: whatever comes back from the centre has it. */
export const ruleOf = (rule: unknown): Group => {
  const { match, conditions } = rule as Group
  return { match, conditions: conditions ?? [] }
}

/** Conditions that are to name something and name nothing yet: no rule can be kept with them. */
export const unfinished = ({ conditions }: Group): boolean => conditions.some((one) => (isGroup(one) ? unfinished(one) : Array.isArray(one.value) && one.value.length === 0))

export const replaced = (group: Group, place: number, one: Condition | Group | null): Group => ({
  ...group,
  conditions: one === null ? group.conditions.filter((_, each) => each !== place) : group.conditions.map((before, each) => (each === place ? one : before)),
})

export const added = (group: Group, one: Condition | Group): Group => ({ ...group, conditions: [...group.conditions, one] })

const sizeOf = (one: Condition | Group): number => (isGroup(one) ? one.conditions.reduce((sum, each) => sum + sizeOf(each), 0) : 1)

/** What each of a group's own came to, of what all conditions came to in their order. */
export const shares = <T>({ conditions }: Group, found: readonly T[]): T[][] =>
  conditions.map((one, place) => {
    const from = conditions.slice(0, place).reduce((sum, each) => sum + sizeOf(each), 0)
    return found.slice(from, from + sizeOf(one))
  })
