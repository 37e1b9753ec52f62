import { describe, expect, it } from 'vitest'

import { blank, changeBranch, emptyBranch, faultsOf, movedStep, sameBody, stepName, withStep, withoutStep } from '@/features/scripts/draft'
import type { ScriptBody } from '@/shared/api/knowledge'

const two = (): ScriptBody => {
  const first = { ...blank(), steps: [{ id: 's1', text: '{customer.honorific}，修好了吗？', text_en: '', branches: [emptyBranch(), emptyBranch()] }] }
  return withStep(first, { step: 's1', branch: 1 }).body
}

describe('the draft of a script', () => {
  it('gets a new step that an answer leads to', () => {
    const { steps } = two()
    expect(steps.map(({ id }) => id)).toEqual(['s1', 's2'])
    expect(steps[0]?.branches.map(({ next }) => next)).toEqual([null, 's2'])
  })

  it('never gives two steps the same id', () => {
    const gone = withoutStep(withStep(two()).body, 's2')
    expect(gone.steps.map(({ id }) => id)).toEqual(['s1', 's3'])
    expect(withStep(gone).id).toBe('s4')
    expect(withStep({ ...gone, steps: [...gone.steps, { id: 's4', text: '', text_en: '', branches: [] }] }).id).toBe('s5')
  })

  it('ends where a step went', () => {
    expect(withoutStep(two(), 's2').steps[0]?.branches.map(({ next }) => next)).toEqual([null, null])
  })

  it('moves steps, not past the ends', () => {
    expect(movedStep(two(), 's2', -1).steps.map(({ id }) => id)).toEqual(['s2', 's1'])
    expect(movedStep(two(), 's1', -1)).toEqual(two())
    expect(movedStep(two(), 's2', 1)).toEqual(two())
  })

  it('tells whether anything was changed', () => {
    expect(sameBody(two(), two())).toBe(true)
    expect(sameBody(two(), changeBranch(two(), 's1', 0, { label: '好了' }))).toBe(false)
  })

  it('shows faults at their step', () => {
    const fault = (step: string | null) => ({ code: 'empty_text', step, branch: null, what: '' })
    expect(faultsOf([fault('s1'), fault(null), fault('s2')], 's2')).toEqual([fault('s2')])
    expect(faultsOf([fault('s1'), fault(null)], null)).toEqual([fault(null)])
  })

  it('calls a step by its beginning', () => {
    const [first] = two().steps
    expect(first && stepName(first, 1)).toBe('1 …，修好了吗？')
  })
})
