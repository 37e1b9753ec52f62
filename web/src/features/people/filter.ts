/** What the address bar keeps of the list of people. */
export interface PeopleFilter {
  q?: string
  role?: string
  site?: string
  group?: string
  skill?: string
  /** Absent: those in use; `no`: the others; `all`. */
  active?: 'no' | 'all'
}

const names = ['q', 'role', 'site', 'group', 'skill'] as const

export function readPeopleFilter(search: Record<string, unknown>): PeopleFilter {
  const filter: PeopleFilter = {}
  for (const name of names) {
    const value = search[name]
    // The router reads digits as a number.
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') filter[name] = String(value)
  }
  if (search.active === 'no' || search.active === 'all') filter.active = search.active
  return filter
}

/** As the API takes it. */
export const query = ({ active, ...rest }: PeopleFilter): Record<string, string | undefined> => ({
  ...rest,
  active: active === 'all' ? undefined : active === 'no' ? 'false' : 'true',
})
