import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import { api } from '@/shared/api/client'
import type { CustomerCard, Page } from '@/shared/api/types'

const pause = 180
const most = 8

/** Customers for what is being typed: asked when the keys rest, from one Han character or three others on. */
export function useCustomers(typed: string, allowed: boolean) {
  const [asked, setAsked] = useState('')
  const text = typed.trim()
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), pause)
    return () => clearTimeout(timer)
  }, [text])
  const enough = /\p{Script=Han}/u.test(asked) || asked.length >= 3
  const query = useQuery({
    queryKey: ['palette', asked],
    queryFn: ({ signal }) => api.get<Page<CustomerCard>>('/customers', { q: asked, limit: most }, signal),
    enabled: allowed && enough,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
  })
  const current = enough && asked === text
  return {
    cards: allowed && enough && text !== '' ? (query.data?.items ?? []) : [],
    searching: allowed && text !== '' && (query.isFetching || (!current && (text.length >= 3 || /\p{Script=Han}/u.test(text)))),
    failed: enough && query.isError,
  }
}
