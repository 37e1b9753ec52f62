import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'
import { serverNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { SectionPage } from '../SectionPage'
import { Drop } from './Drop'
import { ImportChip } from './ImportChip'
import { busy, type ImportSummary } from './model'

/** Every file that was brought in, newest first; a new one is dropped on top. */
export function ImportsPage() {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const query = useInfiniteQuery({
    queryKey: ['customer-imports'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => api.get<Page<ImportSummary>>('/customers/imports', { cursor: pageParam, limit: 50 }, signal),
    getNextPageParam: (last) => last.next_cursor,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some((one) => busy(one.state))) ? 3_000 : false),
  })
  const rows = query.data?.pages.flatMap((page) => page.items) ?? []
  const open = (importId: string) => void navigate({ to: '/customers/imports/$importId', params: { importId } })
  const number = (value: number | null) => (value ? value.toLocaleString(i18n.language) : '')
  return (
    <SectionPage title={t('customers.imports.title')} hint={t('customers.imports.hint')} query={query}>
      <Drop onUploaded={(one) => open(one.id)} />
      {rows.length === 0 ? (
        <p className="empty">{t('customers.imports.none')}</p>
      ) : (
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">{t('customers.imports.column.at')}</th>
              <th scope="col">{t('customers.imports.column.file')}</th>
              <th scope="col">{t('customers.imports.column.state')}</th>
              {(['rows', 'created', 'updated', 'rejected'] as const).map((name) => (
                <th key={name} scope="col" className="cell-number">
                  {t(`customers.imports.count.${name}`)}
                </th>
              ))}
              <th scope="col">{t('customers.merges.by')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.id} className="is-link" data-testid="import-row" onClick={() => open(one.id)}>
                <td>{dayTime(one.created_at, serverNow(), i18n.language)}</td>
                <td>
                  <button type="button" className="link" onClick={() => open(one.id)}>
                    {one.filename}
                  </button>
                </td>
                <td>
                  <ImportChip state={one.state} />
                </td>
                <td className="cell-number">{number(one.rows)}</td>
                <td className="cell-number">{number(one.created)}</td>
                <td className="cell-number">{number(one.updated)}</td>
                <td className={`cell-number ${one.rejected ? 'text-red' : ''}`}>{number(one.rejected)}</td>
                <td>{one.person?.name}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {query.hasNextPage && (
        <button type="button" className="link table-more" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('customers.earlier')}
        </button>
      )}
    </SectionPage>
  )
}
