import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'
import { problemText } from '@/shared/i18n'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { save } from '@/shared/ui/download'
import type { CustomerImport, ImportError } from './model'

/** The rows that were refused, by their line in the file, and why. */
export function Errors({ one }: { one: CustomerImport }) {
  const { t, i18n } = useTranslation()
  const [saving, setSaving] = useState(false)
  const query = useInfiniteQuery({
    queryKey: ['customer-import-errors', one.id, one.state, one.rejected],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => api.get<Page<ImportError>>(`/customers/imports/${one.id}/errors`, { cursor: pageParam, limit: 100 }, signal),
    getNextPageParam: (last) => last.next_cursor,
  })
  const rows = query.data?.pages.flatMap((page) => page.items) ?? []
  const download = async () => {
    setSaving(true)
    try {
      save(await api.blob(`/customers/imports/${one.id}/errors.csv`), `${one.filename.replace(/\.[^.]*$/, '')}-${t('customers.imports.errorsFile')}.csv`)
    } catch (error) {
      toast(problemText(error, t))
    } finally {
      setSaving(false)
    }
  }
  return (
    <Section
      icon="octagon"
      title={t('customers.imports.errors')}
      count={one.rejected.toLocaleString(i18n.language)}
      extra={
        <button type="button" className="link" disabled={saving} onClick={() => void download()} data-testid="import-errors-csv">
          <Icon name="download" size={14} /> {t('customers.imports.errorsSave')}
        </button>
      }
    >
      {query.isPending && <Skeleton rows={4} />}
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {rows.length > 0 && (
        <table className="plain-table import-errors">
          <thead>
            <tr>
              <th scope="col" className="cell-number">
                {t('customers.imports.line')}
              </th>
              <th scope="col">{t('customers.imports.columnHead')}</th>
              <th scope="col">{t('customers.imports.value')}</th>
              <th scope="col">{t('customers.imports.why')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- a line may be refused for several reasons
              <tr key={`${row.line}/${index}`} data-testid="import-error" title={row.code}>
                <td className="cell-number">{row.line}</td>
                <td>{row.column}</td>
                <td>{row.value_masked}</td>
                <td>{t(`customers.imports.error.${row.code}`, { defaultValue: row.message })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {query.hasNextPage && (
        <button type="button" className="link table-more" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('customers.imports.moreErrors')}
        </button>
      )}
    </Section>
  )
}
