import type { Site, SiteKind } from '@/shared/api/admin'

export interface Node {
  site: Site
  depth: number
  children: number
  /** People there and below. */
  people: number
}

export const kinds: SiteKind[] = ['province', 'city', 'county']

export const below = (kind: SiteKind): SiteKind => kinds[Math.min(kinds.indexOf(kind) + 1, kinds.length - 1)] ?? 'county'

/** The tree as the lines of a list, each parent before its children; what is shut hides what is below it. */
export function linesOf(sites: readonly Site[], shut: ReadonlySet<string> = new Set()): Node[] {
  const children = new Map<string | null, Site[]>()
  const ids = new Set(sites.map(({ id }) => id))
  for (const site of sites) {
    // One whose parent is out of sight (a narrower scope) stands at the top.
    const parent = site.parent_id && ids.has(site.parent_id) ? site.parent_id : null
    children.set(parent, [...(children.get(parent) ?? []), site])
  }
  const peopleOf = (site: Site): number => site.people + (children.get(site.id) ?? []).reduce((sum, one) => sum + peopleOf(one), 0)
  const lines: Node[] = []
  const add = (parent: string | null, depth: number) => {
    for (const site of (children.get(parent) ?? []).toSorted((a, b) => a.code.localeCompare(b.code))) {
      lines.push({ site, depth, children: children.get(site.id)?.length ?? 0, people: peopleOf(site) })
      if (!shut.has(site.id)) add(site.id, depth + 1)
    }
  }
  add(null, 0)
  return lines
}

/** A site and all below it: what it cannot be moved under. */
export function subtree(sites: readonly Site[], id: string): Set<string> {
  const found = new Set([id])
  for (let grown = true; grown; ) {
    grown = false
    for (const site of sites) {
      if (site.parent_id && found.has(site.parent_id) && !found.has(site.id)) {
        found.add(site.id)
        grown = true
      }
    }
  }
  return found
}
