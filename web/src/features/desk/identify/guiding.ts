import type { components } from '@/shared/api/generated'

type Schemas = components['schemas']
export type CandidateFacts = Schemas['PossibleCustomer']
export type Question = Schemas['GuidedQuestion']
export type QuestionKind = Question['kind']
export type Fitting = Schemas['Fitting']

/** What was answered to a question, and whom the answer leaves. */
export interface Given {
  /** The answer as it is shown; empty for 其他. */
  value: string
  left: readonly string[]
}

export type Answers = Readonly<Partial<Record<QuestionKind, Given>>>

/** Those whom all answers leave. */
export const remaining = (ids: readonly string[], answers: Answers): string[] =>
  ids.filter((id) => Object.values(answers).every(({ left }) => left.includes(id)))

/** How many would be left if this answer were given besides those to other questions. */
export function countLeft(ids: readonly string[], answers: Answers, kind: QuestionKind, left: readonly string[]): number {
  return remaining(ids, { ...answers, [kind]: { value: '', left } }).length
}

/** Those who would say none of the answers there are. */
export function others(ids: readonly string[], question: Question): string[] {
  const said = new Set(question.answers.flatMap(({ customers }) => customers))
  return ids.filter((id) => !said.has(id))
}

/** What a comparison leaves: those who fit, and those of whom nothing is on record. */
export const compared = ({ matching, unknown }: Fitting): string[] => [...matching, ...unknown]

/** The question to ask now: the first that has no answer yet and would still exclude somebody. */
export function current(questions: readonly Question[], answers: Answers, ids: readonly string[]): QuestionKind | null {
  if (remaining(ids, answers).length < 2) return null
  return questions.find(({ kind }) => !answers[kind])?.kind ?? null
}

/** Candidates in the order the centre puts them; those it does not know of stay at the end. */
export function inOrder<T extends { id: string }>(cards: readonly T[], facts: readonly CandidateFacts[]): T[] {
  const place = new Map(facts.map(({ customer_id: id }, index) => [id, index]))
  return cards.toSorted((a, b) => (place.get(a.id) ?? facts.length) - (place.get(b.id) ?? facts.length))
}
