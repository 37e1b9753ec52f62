/** What the address bar keeps of the list of calls. Dates are local, both inclusive. */
export interface CallsFilter {
  number?: string
  status?: string
  direction?: 'in' | 'out'
  trunk?: string
  correlation?: string
  from?: string
  to?: string
}

export const outcomes = ['standing', 'answered', 'failed', 'cancelled', '4xx', '5xx', '6xx'] as const

const id = /^[0-9a-f]{8}-[0-9a-f-]{27}$/

export function readCallsFilter(search: Record<string, unknown>): CallsFilter {
  const filter: CallsFilter = {}
  const number = search['number']
  if ((typeof number === 'string' && number !== '') || typeof number === 'number') filter.number = String(number)
  const status = String(search['status'] ?? '')
  if ((outcomes as readonly string[]).includes(status) || /^[1-6]\d\d$/.test(status)) filter.status = status
  if (search['direction'] === 'in' || search['direction'] === 'out') filter.direction = search['direction']
  for (const name of ['trunk', 'correlation'] as const) {
    const value = search[name]
    if (typeof value === 'string' && id.test(value)) filter[name] = value
  }
  for (const edge of ['from', 'to'] as const) {
    const value = search[edge]
    if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) filter[edge] = value
  }
  return filter
}
