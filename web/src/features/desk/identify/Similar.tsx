import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { numbers } from '@/features/customers/create/newCustomer'
import { apiOf } from '@/shared/api/client'
import type { CustomerCard, InteractionDocument, Page } from '@/shared/api/types'
import { phone } from '@/shared/format/phone'
import { serverNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { personLine } from '@/shared/ui/person'

const pause = 400
const most = 3

/** Those who have the name or the number that is being typed: better chosen than made a second time. */
export function Similar({ interaction, name, phones, onChoose }: { interaction: InteractionDocument; name: string; phones: string; onChoose: (id: string) => void }) {
  const { t } = useTranslation()
  const typed = useSettled(`${name.trim()}\n${numbers(phones)[0] ?? ''}`)
  const [wanted = '', number = ''] = typed.split('\n')
  const query = useQuery({
    queryKey: ['similar', interaction.tenant.id, wanted, number],
    queryFn: async ({ signal }) => {
      const api = apiOf(interaction)
      const asked = [
        ...(wanted.length > 1 ? [api.get<Page<CustomerCard>>('/customers', { q: wanted, limit: 5 }, signal)] : []),
        ...(number.length > 9 ? [api.get<Page<CustomerCard>>('/customers', { phone: number }, signal)] : []),
      ]
      const found = (await Promise.all(asked)).flatMap(({ items }) => items)
      const same = found.filter((card) => card.name === wanted || card.phones.some((one) => phone(one) === phone(number)))
      return [...new Map(same.map((card) => [card.id, card])).values()].slice(0, most)
    },
    enabled: wanted.length > 1 || number.length > 9,
    staleTime: 30_000,
  })
  const found = query.data ?? []
  if (found.length === 0) return null
  return (
    <ul className="similar" role="status" data-testid="similar">
      {found.map((card) => (
        <li key={card.id}>
          <Icon name="triangle" size={14} className="text-amber" />
          <span className="ellipsis">
            {t('createDesk.similar')} <b>{card.name}</b> {personLine(card, t, serverNow())} <span className="muted">{card.address_masked}</span>
          </span>
          <button type="button" className="link" onClick={() => onChoose(card.id)}>
            {t('createDesk.open')}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** A value once it has stood still for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
