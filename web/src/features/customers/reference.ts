import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { codeText } from '@/shared/i18n'
import type { CustomerClassRow, CustomField, Tag } from './types'

/** What a tenant has set up for its customers; changes seldom, and here it is asked for again at once. */
const stale = 5 * 60_000

export const useClasses = () =>
  useQuery({
    queryKey: ['customer-classes'],
    queryFn: ({ signal }) => api.get<{ items: CustomerClassRow[] }>('/customer-classes', undefined, signal),
    select: ({ items }) => items.toSorted((a, b) => b.rank - a.rank),
    staleTime: stale,
  })

export const useFields = () =>
  useQuery({
    queryKey: ['customer-fields'],
    queryFn: ({ signal }) => api.get<{ items: CustomField[] }>('/customer-fields', undefined, signal),
    select: ({ items }) => items.toSorted((a, b) => a.position - b.position),
    staleTime: stale,
  })

export const useTags = () =>
  useQuery({
    queryKey: ['customer-tags'],
    queryFn: ({ signal }) => api.get<{ items: Tag[] }>('/customer-tags', undefined, signal),
    select: ({ items }) => items,
    staleTime: stale,
  })

/** The name in the language of the screen; English where there is one. */
export const nameIn = (one: { name: string; name_en?: string | null }, language: string): string => (language === 'en' && one.name_en) || one.name

/** The word for a class: as the tenant names it, else as we do. */
export function useClassName(): (code: string | null | undefined) => string {
  const { t, i18n } = useTranslation()
  const { data } = useClasses()
  return useMemo(() => {
    const names = new Map(data?.map((one) => [one.code, nameIn(one, i18n.language)]))
    return (code) => (code ? (names.get(code) ?? codeText(t, 'class', code)) : '')
  }, [data, i18n.language, t])
}

/** The word for a custom field. */
export function useFieldName(): (code: string) => string {
  const { i18n } = useTranslation()
  const { data } = useFields()
  return useMemo(() => {
    const names = new Map(data?.map((one) => [one.code, nameIn(one, i18n.language)]))
    return (code) => names.get(code) ?? code
  }, [data, i18n.language])
}
