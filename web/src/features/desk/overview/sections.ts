import { useQuery } from '@tanstack/react-query'

import { apiFor } from '@/shared/api/client'
import type { components } from '@/shared/api/generated'
import type { InteractionSummary } from '@/shared/api/types'
import { usePatience } from '@/shared/ui/usePatience'
import { Gate } from './gate'

type Schemas = components['schemas']

export type Account = Schemas['AccountView']
export type Bill = Schemas['BillView']
export type Payment = Schemas['PaymentView']
export type Product = Schemas['ProductView']
export type Order = Schemas['OrderView']
export type Relative = Schemas['Relative']
export type Consent = Schemas['Consent']
export type Worth = Schemas['Worth']
export type Callback = Schemas['CallbackDocument']
export type BusinessRecord = Schemas['BusinessSummary']
export type Contact = Partial<InteractionSummary> & { id: string }

interface Items {
  accounts: Account
  bills: Bill
  payments: Payment
  products: Product
  orders: Order
  contacts: Contact
  callbacks: Callback
  relations: Relative
  consents: Consent
  value: Worth
}

/** Whose view it is, and in which tenant's name; null is the session's. */
export interface View {
  tenant: string | null
  customer: string
}

/** late: the business system did not answer in time; away: it fails; slow: we wait for 3 s; failed: the centre itself. */
export type Trouble = 'late' | 'away' | 'slow' | 'failed'

export interface Loaded<T> {
  /** Null until there are any. */
  items: T[] | null
  trouble: Trouble | null
  /** Something may be shown in their place: waiting began 300 ms ago. */
  skeleton: boolean
  busy: boolean
  retry: () => void
}

interface Answer<T> {
  state?: 'ready' | 'late' | 'away'
  items: T[]
}

const asked = new Set<keyof Items>(['accounts', 'bills', 'payments', 'products', 'orders', 'value'])

/** A browser has six connections to a server: a business system that hangs must leave some to everything else. */
const gate = new Gate(3)

/** A system in trouble is asked again by itself, now and then. */
const again = 15_000

function useLoaded<T>(key: readonly unknown[], ask: (signal: AbortSignal) => Promise<Answer<T>>, enabled = true): Loaded<T> {
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(signal),
    enabled,
    staleTime: 30_000,
    refetchInterval: ({ state }) => (state.data && (state.data.state ?? 'ready') !== 'ready' ? again : false),
  })
  const patience = usePatience(query.isPending && enabled)
  const state = query.data?.state ?? 'ready'
  const trouble: Trouble | null = query.data ? (state === 'ready' ? null : state) : query.isError ? 'failed' : patience === 'slow' ? 'slow' : null
  return {
    items: query.data && (state === 'ready' || query.data.items.length > 0) ? query.data.items : null,
    trouble,
    skeleton: query.isPending && patience !== 'none',
    busy: query.isFetching,
    retry: () => void query.refetch(),
  }
}

/** One section of a customer's view, on its own. */
export function useSection<N extends keyof Items>({ tenant, customer }: View, name: N): Loaded<Items[N]> {
  return useLoaded(['section', tenant, customer, name], (signal) => {
    const ask = () => apiFor(tenant).get<Answer<Items[N]>>(`/customers/${customer}/sections/${name}`, undefined, signal)
    return asked.has(name) ? gate.through(ask) : ask()
  })
}

/** What was done for the customer here. */
export function useBusinessRecords({ tenant, customer }: View): Loaded<BusinessRecord> {
  return useLoaded(['businesses', tenant, customer], (signal) => apiFor(tenant).get<Answer<BusinessRecord>>('/businesses/records', { customer_id: customer, limit: 20 }, signal))
}
