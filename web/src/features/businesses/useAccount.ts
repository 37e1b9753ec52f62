import { useQuery } from '@tanstack/react-query'

import { apiOf } from '@/shared/api/client'
import type { InteractionDocument } from '@/shared/api/types'

interface Accounts {
  items: Array<{ no: string }>
}

/** The number of the customer's first account, once it is known; a slow answer holds no form back. */
export function useAccount(interaction: InteractionDocument): string | null {
  const id = interaction.customer?.id ?? ''
  const { data } = useQuery({
    // As the customer's view asks for them: whoever is first asks for both.
    queryKey: ['section', interaction.tenant.id, id, 'accounts'],
    queryFn: ({ signal }) => apiOf(interaction).get<Accounts>(`/customers/${id}/sections/accounts`, undefined, signal),
    enabled: id !== '',
    staleTime: 30_000,
  })
  return data?.items[0]?.no ?? null
}
