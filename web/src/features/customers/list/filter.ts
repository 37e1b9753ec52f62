/** What the address bar keeps of the list, so that going back, reloading or sending the link finds the same rows. */
export interface CustomerFilter {
  q?: string
  class?: string
  tag?: string
  kind?: 'person' | 'company'
  manager?: string
}

export const filterNames = ['q', 'class', 'tag', 'kind', 'manager'] as const

export function readCustomerFilter(search: Record<string, unknown>): CustomerFilter {
  // The router reads digits as a number; what was typed is a text.
  const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value).trim().slice(0, 100) : '')
  const filter: CustomerFilter = {}
  for (const name of ['q', 'class', 'tag', 'manager'] as const) {
    if (text(search[name])) filter[name] = text(search[name])
  }
  if (search.kind === 'person' || search.kind === 'company') filter.kind = search.kind
  return filter
}

/** The filter with one part changed; an empty part is left out of the address bar altogether. */
export function withPart(filter: CustomerFilter, part: Partial<Record<keyof CustomerFilter, string | undefined>>): CustomerFilter {
  return readCustomerFilter({ ...filter, ...part })
}

/** Of whatever the address bar holds, what belongs to the list: for the way back to it. */
export const listSearch = (search: object): CustomerFilter => readCustomerFilter({ ...search })
