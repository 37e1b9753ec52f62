import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { Icon } from '@/shared/ui/Icon'
import { Chip } from '@/shared/ui/parts'
import { SectionPage } from '../SectionPage'
import { scheduleName, type Source } from './model'
import { Runs } from './Runs'
import { SourceForm } from './SourceForm'

/** Other systems customers come from, and how each run of theirs agreed with what we have. */
export function SourcesPage() {
  const { t } = useTranslation()
  const [form, setForm] = useState<Source | 'new' | null>(null)
  const [chosen, setChosen] = useState<string | null>(null)
  const query = useQuery({
    queryKey: ['customer-sources'],
    queryFn: ({ signal }) => api.get<{ items: Source[] }>('/customers/sources', undefined, signal),
  })
  const rows = query.data?.items ?? []
  const open = rows.find((one) => one.id === chosen) ?? rows[0]
  return (
    <SectionPage
      title={t('customers.sources.title')}
      hint={t('customers.sources.hint')}
      query={query}
      acts={
        <Button icon={<Icon name="plus" />} onClick={() => setForm('new')} data-testid="source-new">
          {t('customers.sources.new')}
        </Button>
      }
      empty={query.isSuccess && rows.length === 0 ? t('customers.sources.none') : undefined}
      emptyAction={
        <button type="button" className="link" onClick={() => setForm('new')}>
          {t('customers.sources.new')}
        </button>
      }
      side={form && <SourceForm key={form === 'new' ? 'new' : form.id} source={form === 'new' ? null : form} onClose={() => setForm(null)} />}
    >
      <table className="plain-table">
        <thead>
          <tr>
            {(['name', 'kind', 'place', 'schedule', 'precedence', 'state'] as const).map((name) => (
              <th key={name} scope="col" className={name === 'precedence' ? 'cell-number' : ''}>
                {t(`customers.sources.column.${name}`)}
              </th>
            ))}
            <th scope="col" aria-label={t('customers.sources.edit')} />
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.id} className="is-link" aria-selected={one.id === open?.id} data-testid="source-row" onClick={() => setChosen(one.id)}>
              <td>
                <button type="button" className="link" onClick={() => setChosen(one.id)}>
                  {one.name}
                </button>{' '}
                <span className="muted">{one.code}</span>
              </td>
              <td>{t(`customers.sources.kind.${one.kind}`)}</td>
              <td className="ellipsis source-place" title={one.url ?? one.folder ?? ''}>
                {one.url ?? one.folder}
              </td>
              <td>{scheduleText(one.schedule, t)}</td>
              <td className="cell-number">{one.precedence}</td>
              <td>
                <Chip tone={one.active ? 'ok' : 'neutral'} icon={one.active ? 'checkCircle' : 'minusCircle'}>
                  {t(one.active ? 'customers.sources.active' : 'customers.sources.inactive')}
                </Chip>
              </td>
              <td className="cell-end">
                <button
                  type="button"
                  className="link"
                  onClick={(event) => {
                    event.stopPropagation()
                    setForm(one)
                  }}
                >
                  {t('customers.sources.edit')}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {open && <Runs key={open.id} source={open} />}
    </SectionPage>
  )
}

export function scheduleText(schedule: string | null, t: (key: string) => string): string {
  if (!schedule) return t('customers.sources.byHand')
  const usual = scheduleName(schedule)
  return usual ? t(`customers.sources.schedule.${usual}`) : schedule
}
