/** What the address bar keeps of the audit's list. Dates are local, both inclusive. */
export interface AuditFilter {
  person?: string
  action?: string
  object?: string
  from?: string
  to?: string
}

export function readAuditFilter(search: Record<string, unknown>): AuditFilter {
  const filter: AuditFilter = {}
  for (const name of ['person', 'action', 'object'] as const) {
    const value = search[name]
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') filter[name] = String(value)
  }
  for (const edge of ['from', 'to'] as const) {
    const value = search[edge]
    if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) filter[edge] = value
  }
  return filter
}
