import { useQuery } from '@tanstack/react-query'

import { apiOf } from '@/shared/api/client'
import type { BusinessKind } from '@/shared/api/businesses'
import type { Contact } from '@/shared/drafts/model'

const none: readonly BusinessKind[] = []

/** What can be done for the customers of a contact's tenant. */
export function useKinds(contact: Contact) {
  const query = useQuery({
    queryKey: ['business-kinds', contact.tenant.id],
    queryFn: async ({ signal }) => (await apiOf(contact).get<{ items: BusinessKind[] }>('/businesses/kinds', undefined, signal)).items,
    staleTime: 300_000,
  })
  return { query, kinds: query.data ?? none }
}
