import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useSession } from '@/features/session/session'
import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'
import { useMay } from './may'
import type { PersonRef } from './types'

interface Props {
  value: string | null
  /** Who it is now, so that the name shows before anything is asked. */
  known?: PersonRef | null
  onChange: (id: string | null) => void
  placeholder: string
  label: string
  className?: string
  id?: string
}

const nameOf = (person: PersonRef) => (person.number ? `${person.name} ${person.number}` : person.name)

/** An account manager; those who may not see the list of people can still choose themselves. */
export function ManagerSelect({ value, known, onChange, placeholder, label, className, id }: Props) {
  const { t } = useTranslation()
  const me = useSession()?.person
  const may = useMay()('people.read')
  const [asked, setAsked] = useState('')
  const [wanted, setWanted] = useState(false)
  const people = useQuery({
    queryKey: ['people', 'names', asked],
    queryFn: ({ signal }) => api.get<Page<PersonRef>>('/people', { q: asked, active: 'true', limit: 50 }, signal),
    enabled: may && (wanted || value !== null),
    staleTime: 60_000,
  })
  const options = new Map<string, string>()
  if (me) options.set(me.id, `${nameOf(me)} · ${t('customers.me')}`)
  if (known) options.set(known.id, nameOf(known))
  for (const one of people.data?.items ?? []) if (!options.has(one.id)) options.set(one.id, nameOf(one))
  return (
    <Select
      id={id}
      className={className}
      value={value ?? undefined}
      placeholder={placeholder}
      aria-label={label}
      allowClear
      showSearch={{ filterOption: may ? false : undefined, optionFilterProp: 'label', onSearch: may ? setAsked : undefined }}
      loading={people.isFetching}
      onOpenChange={(open) => open && setWanted(true)}
      onChange={(next: string | undefined) => onChange(next ?? null)}
      options={[...options].map(([key, name]) => ({ value: key, label: name }))}
    />
  )
}
