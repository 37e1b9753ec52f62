import type { ScriptBody, ScriptBranch, ScriptFault, ScriptStep } from '@/shared/api/knowledge'

export const most_branches = 9
export const most_steps = 40

export const emptyBranch = (): ScriptBranch => ({ label: '', label_en: '', next: null, effect: null })

/** The first `s1`, `s2` … that no step has. */
function freeId(steps: readonly ScriptStep[]): string {
  for (let number = steps.length + 1; ; number += 1) {
    const id = `s${number}`
    if (!steps.some((step) => step.id === id)) return id
  }
}

export const blank = (): ScriptBody => ({
  steps: [{ id: 's1', text: '', text_en: '', branches: [] }],
  entry: { queues: [], dispositions: [], classes: [], matches: [], keys: '' },
})

/** A new step at the end; with `from`, the answer that leads there. */
export function withStep(body: ScriptBody, from?: { step: string; branch: number }): { body: ScriptBody; id: string } {
  const id = freeId(body.steps)
  const steps = [...body.steps, { id, text: '', text_en: '', branches: [] }]
  const made = { ...body, steps }
  return { id, body: from ? changeBranch(made, from.step, from.branch, { next: id }) : made }
}

export const changeStep = (body: ScriptBody, id: string, change: Partial<ScriptStep>): ScriptBody => ({
  ...body,
  steps: body.steps.map((step) => (step.id === id ? { ...step, ...change } : step)),
})

export const changeBranch = (body: ScriptBody, id: string, place: number, change: Partial<ScriptBranch>): ScriptBody => ({
  ...body,
  steps: body.steps.map((step) => (step.id === id ? { ...step, branches: step.branches.map((branch, each) => (each === place ? { ...branch, ...change } : branch)) } : step)),
})

/** Answers that led to a step that goes end the script. */
export const withoutStep = (body: ScriptBody, id: string): ScriptBody => ({
  ...body,
  steps: body.steps
    .filter((step) => step.id !== id)
    .map((step) => ({ ...step, branches: step.branches.map((branch) => (branch.next === id ? { ...branch, next: null } : branch)) })),
})

/** One place up (-1) or down (1); the first one is where the script begins. */
export function movedStep(body: ScriptBody, id: string, by: -1 | 1): ScriptBody {
  const from = body.steps.findIndex((step) => step.id === id)
  const to = from + by
  const moved = body.steps[from]
  const other = body.steps[to]
  if (!moved || !other) return body
  return { ...body, steps: body.steps.map((step, place) => (place === from ? other : place === to ? moved : step)) }
}

export const sameBody = (one: ScriptBody, other: ScriptBody): boolean => JSON.stringify(one) === JSON.stringify(other)

/** What is wrong in a step, or in the script as a whole (null). */
export const faultsOf = (faults: readonly ScriptFault[], step: string | null): ScriptFault[] => faults.filter((fault) => fault.step === step)

/** The beginning of what a step says, to know it by. */
export const stepName = (step: ScriptStep, number: number): string => `${number} ${step.text.replaceAll(/\{[^{}]*\}/g, '…').slice(0, 12)}`
