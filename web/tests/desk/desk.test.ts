import { describe, expect, it } from 'vitest'

import { check } from '@/features/customers/create/newCustomer'
import { nextSelection } from '@/features/desk/selection'
import { tabsOf } from '@/features/desk/tabs'
import { meaningful } from '@/features/desk/WhyBox'
import type { InteractionDocument, InteractionState } from '@/shared/api/types'

const one = (id: string, state: InteractionState = 'ring') => ({ id, state })

describe('which interaction shows', () => {
  it('a new one pops when nothing is open', () => {
    expect(nextSelection(null, [], [one('a')])).toBe('a')
  })
  it('a new one does not push aside the one being talked to', () => {
    expect(nextSelection('a', [one('a')], [one('a', 'talk'), one('b')])).toBe('a')
  })
  it('what is gone gives way to what remains, or to nothing', () => {
    expect(nextSelection('a', [one('a'), one('b')], [one('b', 'talk')])).toBe('b')
    expect(nextSelection('a', [one('a')], [])).toBeNull()
  })
  it('an old one stays chosen while its state changes', () => {
    expect(nextSelection('b', [one('a'), one('b')], [one('a'), one('b', 'talk')])).toBe('b')
  })
})

describe('the page that pops', () => {
  const first = (interaction: Parameters<typeof tabsOf>[0]) => tabsOf(interaction)[0]?.id
  it('is 360° for one match, the list for several, the form for a new number', () => {
    expect(first({ customer: { id: 'c' } as never, match: 'one' })).toBe('overview')
    expect(first({ customer: null, match: 'several' })).toBe('identify')
    expect(first({ customer: null, match: 'new' })).toBe('create')
    expect(first({ customer: null, match: null })).toBe('identify')
  })
})

describe('why they call', () => {
  const flow = (node: string, key: string, choice?: string) => ({ at: '', kind: 'flow', actor: 'customer', data: { node, key, choice }, text: '' })
  it('names each key by what it stands for, and leaves slips and speech out', () => {
    const interaction = {
      why: {
        path: [
          { node: 'greeting', kind: 'say', label: 'Greeting', key: null },
          { node: 'menu', kind: 'menu', label: 'Main menu', key: '7' },
          { node: 'menu', kind: 'menu', label: 'Main menu', key: '1' },
          { node: 'balance', kind: 'lookup', label: 'Balance', key: null },
        ],
      },
      trail: [flow('menu', '7'), flow('menu', '1', 'Bills')],
    } as unknown as InteractionDocument
    expect(meaningful(interaction).map(({ key, label }) => [key, label])).toEqual([
      ['1', 'Bills'],
      [null, 'Balance'],
    ])
  })
})

describe('the new customer', () => {
  const form = { name: '王芳', phones: '138 0000 0001', gender: '' as const, address: '' }
  it('needs a name and a whole number', () => {
    expect(check(form)).toEqual({})
    expect(check({ ...form, name: ' ' })).toEqual({ name: 'create.nameMissing' })
    expect(check({ ...form, phones: '' })).toEqual({ phones: 'create.phoneMissing' })
    expect(check({ ...form, phones: '138 0000 0001、123' })).toEqual({ phones: 'create.phoneShort' })
  })
})
