import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'

import { codeText } from '../i18n'
import { api, apiFor } from './client'
import type { Disposition } from './queues'
import type { Page } from './types'

const nothing: Disposition[] = []

/** What can be chosen for a contact, at its own tenant: those of its queue, or all of a contact that came by none. */
export function useChoices(contact: { tenant: { id: string }; queue: { id: string } | null }) {
  const path = contact.queue ? `/queues/${contact.queue.id}/dispositions` : '/dispositions'
  const query = useQuery({
    queryKey: ['/dispositions', 'choices', contact.tenant.id, path],
    queryFn: async ({ signal }) => {
      const { items } = await apiFor(contact.tenant.id).get<Page<Disposition>>(path, undefined, signal)
      return items.filter(({ active }) => active)
    },
    staleTime: 60_000,
  })
  return { query, choices: query.data ?? nothing }
}

/** Gives the name of a disposition for its code, those that are switched off included; an unknown code is shown as it is. */
export function useDispositionName(): (code: string | null | undefined) => string {
  const { t, i18n } = useTranslation()
  const { data } = useQuery({
    queryKey: ['/dispositions', 'names'],
    queryFn: async ({ signal }) => (await api.get<Page<Disposition>>('/dispositions', undefined, signal)).items,
    staleTime: 60_000,
    retry: false,
  })
  const english = i18n.language === 'en'
  return useCallback(
    (code) => {
      const found = data?.find((one) => one.code === code)
      return found ? (english && found.name_en) || found.name : codeText(t, 'disposition', code)
    },
    [data, english, t],
  )
}
