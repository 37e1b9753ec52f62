import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { codeText } from '@/shared/i18n'
import { serverNow } from '@/shared/time/clock'
import { clock, day } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { Chip, Empty, ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { useMay } from '../may'
import { useSplit } from '../merge/useSplit'
import type { CustomerRecord } from '../types'
import { blank } from './changes'
import { fetchHistory } from './useRecord'
import { useFieldWord, useValueWord } from './words'

/** Whom this record has taken in, and who changed what, newest first. */
export function HistoryTab({ record }: { record: CustomerRecord }) {
  const { t, i18n } = useTranslation()
  const may = useMay()
  const word = useFieldWord()
  const value = useValueWord([record.manager])
  const { split, busy } = useSplit()
  const now = serverNow()
  const query = useInfiniteQuery({
    queryKey: ['customer-history', record.id],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => fetchHistory(record.id, pageParam, signal),
    getNextPageParam: (last) => last.next_cursor ?? null,
  })
  const patience = usePatience(query.isPending)
  const entries = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="record-history">
      <Section icon="merge" title={t('customers.merged.title')} count={record.merged.length || undefined}>
        {record.merged.length === 0 && <Empty>{t('customers.merged.none')}</Empty>}
        {record.merged.map((one) => (
          <div key={one.merge_id} className="row edit-row" data-testid="merged">
            <span className="row-lead">
              <time className="muted">
                {day(one.at, now, i18n.language)} {clock(one.at).slice(0, 5)}
              </time>
              <span className="ellipsis">
                {one.name} <span className="muted">{one.no}</span>
              </span>
            </span>
            {may('customers.merge') && (
              <button type="button" className="link" disabled={busy} data-testid="split" onClick={() => void split(one.merge_id, [record.id])}>
                <Icon name="split" size={14} /> {t('customers.split.verb')}
              </button>
            )}
          </div>
        ))}
      </Section>
      <Section icon="history" title={t('customers.history.title')}>
        {query.isPending && patience !== 'none' && <Skeleton rows={5} />}
        {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
        {query.isSuccess && entries.length === 0 && <Empty>{t('customers.history.none')}</Empty>}
        <ol className="changes">
          {entries.map((entry) => (
            <li key={`${entry.at}${entry.action}${JSON.stringify(entry.changes)}`} className="change" data-testid="change">
              <time className="muted">
                {day(entry.at, now, i18n.language)} {clock(entry.at)}
              </time>
              <span className="ellipsis">{entry.person ? `${entry.person.name} ${entry.person.number ?? ''}` : t('customers.history.system')}</span>
              <span>
                <Chip>{codeText(t, 'customers.action', entry.action.replace(/^customer\./, ''))}</Chip>
              </span>
              <span className="change-what">
                {entry.changes.map((one) => (
                  <span key={one.field} className="change-line">
                    <span className="muted">{word(one.field)}</span>{' '}
                    {!blank(one.old) && (
                      <>
                        <s>{value(one.field, one.old)}</s> <Icon name="arrowRight" size={12} className="muted" />{' '}
                      </>
                    )}
                    {value(one.field, one.new)}
                  </span>
                ))}
              </span>
            </li>
          ))}
        </ol>
        {query.hasNextPage && (
          <button type="button" className="link" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('customers.earlier')}
          </button>
        )}
      </Section>
    </div>
  )
}
