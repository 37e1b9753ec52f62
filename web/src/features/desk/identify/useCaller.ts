import { useQuery } from '@tanstack/react-query'

import { apiOf } from '@/shared/api/client'
import type { components } from '@/shared/api/generated'
import type { InteractionDocument } from '@/shared/api/types'
import { customerNumber } from '@/shared/format/phone'

type Schemas = components['schemas']

/** How often they came lately and what we owe them; asked again once it is known who they are. */
export function useStanding({ id, tenant, customer }: InteractionDocument): Schemas['CallerStanding'] | undefined {
  return useQuery({
    queryKey: ['standing', tenant.id, id, customer?.id ?? ''],
    queryFn: ({ signal }) => apiOf({ tenant }).get<Schemas['CallerStanding']>(`/interactions/${id}/standing`, undefined, signal),
    staleTime: 300_000,
  }).data
}

/** Where the number is from. */
export function useNumberPlace(interaction: InteractionDocument): Schemas['PlaceOfNumber'] | undefined {
  const number = interaction.match === 'withheld' ? '' : customerNumber(interaction)
  return useQuery({
    queryKey: ['number place', number],
    queryFn: ({ signal }) => apiOf(interaction).get<Schemas['PlaceOfNumber']>('/customers/number-place', { number }, signal),
    enabled: number.length > 6,
    staleTime: Infinity,
  }).data
}

/** 固定电话 浙江省杭州市 */
export function placeText(place: Schemas['PlaceOfNumber'] | undefined, language: string, kindName: (kind: string) => string): string {
  if (!place?.kind) return ''
  return [kindName(place.kind), language === 'en' ? place.en : place.zh].filter(Boolean).join(' ')
}

/** What the flow says of the caller's identity: how it was verified, or that it was. */
export function verifiedBy({ why }: Pick<InteractionDocument, 'why'>): string | true | null {
  const value = why?.collected.verified
  if (value === true || value === 'true' || value === 1) return true
  return typeof value === 'string' && value !== '' && value !== 'false' ? value : null
}

/** Whether the caller speaks for the customer that was chosen last. */
export const onBehalf = ({ trail }: Pick<InteractionDocument, 'trail'>): boolean => trail.findLast(({ kind }) => kind === 'customer')?.data.relation === 'on_behalf'
