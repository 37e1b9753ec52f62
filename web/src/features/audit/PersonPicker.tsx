import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { PersonRow } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'

interface Props {
  value: string | undefined
  /** Shown for nobody chosen. */
  placeholder: string
  onChange: (id: string | undefined) => void
  testId?: string
}

/** One of the people, found by typing. */
export function PersonPicker({ value, placeholder, onChange, testId }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const found = useQuery({
    queryKey: ['/people', 'picker', text],
    queryFn: ({ signal }) => api.get<Page<PersonRow>>('/people', { q: text.trim(), limit: 20 }, signal),
    placeholderData: (before) => before,
    staleTime: 30_000,
  })
  const chosen = useQuery({
    queryKey: [`/people/${value}`],
    queryFn: ({ signal }) => api.get<PersonRow>(`/people/${value}`, undefined, signal),
    enabled: value !== undefined,
  })
  const people = found.data?.items ?? []
  const label = (person: PersonRow) => [person.name, person.number ?? person.username].join(' ')
  const missing = chosen.data && !people.some(({ id }) => id === value) ? [chosen.data] : []
  return (
    <Select
      value={value ?? null}
      allowClear
      className="person-picker"
      placeholder={placeholder}
      aria-label={placeholder}
      showSearch={{ filterOption: false, onSearch: setText }}
      notFoundContent={found.isFetching ? null : t('admin.common.nothingFound')}
      options={[...missing, ...people].map((person) => ({ value: person.id, label: label(person) }))}
      onChange={(id: string | null | undefined) => onChange(id ?? undefined)}
      data-testid={testId}
    />
  )
}
