import { describe, expect, it } from 'vitest'

import { allowedPages, allowedSections, may, profile, sections, within } from '@/app/pages'
import type { Person } from '@/shared/api/types'

const somebody = (...permissions: string[]) => ({ permissions }) as unknown as Person

describe('pages by permission', () => {
  it('an agent finds the desk and nothing of the administration', () => {
    const agent = somebody('agent.work', 'interactions.read', 'customers.read', 'queues.read')
    expect(allowedPages(agent).map(({ path }) => path)).toEqual(['/desk', '/interactions', '/customers'])
  })
  it('a section shows only the pages one may open', () => {
    const auditor = somebody('audit.read')
    expect(allowedSections(auditor).map(({ id, pages }) => [id, pages.map(({ path }) => path)])).toEqual([['system', ['/audit']]])
  })
  it('everybody may look at themselves', () => {
    expect(may(somebody(), profile)).toBe(true)
  })
  it('an address belongs to one page', () => {
    const pages = sections.flatMap((section) => section.pages)
    expect(pages.filter((page) => within('/people/0190', page)).map(({ path }) => path)).toEqual(['/people'])
    expect(pages.filter((page) => within('/peoples', page))).toEqual([])
  })
})
