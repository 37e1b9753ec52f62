import { describe, expect, it } from 'vitest'

import { linesOf, subtree } from '@/features/organisation/tree'
import { sitePaths } from '@/features/people/words'
import type { Site } from '@/shared/api/admin'

const site = (id: string, parent: string | null, people = 0): Site => ({ id, code: id, name: id.toUpperCase(), kind: 'city', parent_id: parent, people })
const sites = [site('b', null, 1), site('a', null, 2), site('a1', 'a', 3), site('a11', 'a1', 4)]

describe('the tree of sites', () => {
  it('puts each parent before its children and counts people below', () => {
    expect(linesOf(sites).map(({ site: one, depth, people }) => [one.id, depth, people])).toEqual([
      ['a', 0, 9],
      ['a1', 1, 7],
      ['a11', 2, 4],
      ['b', 0, 1],
    ])
  })
  it('hides what is below a shut one', () => {
    expect(linesOf(sites, new Set(['a'])).map(({ site: one }) => one.id)).toEqual(['a', 'b'])
  })
  it('shows one whose parent is out of reach at the top', () => {
    expect(linesOf([site('x', 'gone')]).map(({ depth }) => depth)).toEqual([0])
  })
  it('knows everything below a site', () => {
    expect([...subtree(sites, 'a')].toSorted()).toEqual(['a', 'a1', 'a11'])
  })
  it('says the way down to a site, and does not hang on a circle', () => {
    expect(sitePaths(sites).find(({ value }) => value === 'a11')?.label).toBe('A / A1 / A11')
    expect(sitePaths([site('x', 'y'), site('y', 'x')])).toHaveLength(2)
  })
})
