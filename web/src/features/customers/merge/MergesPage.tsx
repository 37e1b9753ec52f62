import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'
import { serverNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { Chip } from '@/shared/ui/parts'
import { SectionPage } from '../SectionPage'
import type { CustomerRef, Merge } from '../types'
import { useSplit } from './useSplit'

/** Every merge, newest first; each can be taken back. */
export function MergesPage() {
  const { t, i18n } = useTranslation()
  const { split, busy } = useSplit()
  const query = useInfiniteQuery({
    queryKey: ['customer-merges'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => api.get<Page<Merge>>('/customers/merges', { cursor: pageParam, limit: 50 }, signal),
    getNextPageParam: (last) => last.next_cursor,
  })
  const rows = query.data?.pages.flatMap((page) => page.items) ?? []
  const who = (one: CustomerRef) => (
    <Link className="link ellipsis" to="/customers/$id" params={{ id: one.id }}>
      {one.name} <span className="muted">{one.no}</span>
    </Link>
  )
  return (
    <SectionPage title={t('customers.merges.title')} hint={t('customers.merges.hint')} query={query} empty={query.isSuccess && rows.length === 0 ? t('customers.merges.none') : undefined}>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">{t('customers.merges.at')}</th>
            <th scope="col">{t('customers.merges.kept')}</th>
            <th scope="col">{t('customers.merges.dropped')}</th>
            <th scope="col">{t('customers.merges.by')}</th>
            <th scope="col" aria-label={t('customers.split.verb')} />
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.id} data-testid="merge-row">
              <td>{dayTime(one.at, serverNow(), i18n.language)}</td>
              <td>{who(one.kept)}</td>
              <td>{one.split_at ? who(one.dropped) : <span>{one.dropped.name} <span className="muted">{one.dropped.no}</span></span>}</td>
              <td>{one.person ? `${one.person.name} ${one.person.number ?? ''}` : t('customers.history.system')}</td>
              <td className="cell-end">
                {one.split_at ? (
                  <Chip>{t('customers.merges.splitAt', { time: dayTime(one.split_at, serverNow(), i18n.language) })}</Chip>
                ) : (
                  <button type="button" className="link" disabled={busy} data-testid="split" onClick={() => void split(one.id, [one.kept.id, one.dropped.id])}>
                    <Icon name="split" size={14} /> {t('customers.split.verb')}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {query.hasNextPage && (
        <button type="button" className="link table-more" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('customers.earlier')}
        </button>
      )}
    </SectionPage>
  )
}
