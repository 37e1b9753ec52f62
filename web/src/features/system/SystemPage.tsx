import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { secondsSince, length, clock, dayTime } from '@/shared/time/format'
import { serverNow, useNow } from '@/shared/time/clock'
import { Chip, ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { Backups, Jobs, ParkedEntries, Parts } from './sections'
import { bytes, whole } from './figures'
import type { SystemStatus } from './types'

const every = 5_000
/** Older than this, in seconds, what is shown may no longer be so. */
const old_after = 15

/** 运行状态: everything at one look, by itself up to date; what needs somebody stands out. */
export function SystemPage() {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const query = useQuery({
    queryKey: ['/system/status'],
    queryFn: ({ signal }) => api.get<SystemStatus>('/system/status', undefined, signal).then((status) => ({ ...status, read_at: serverNow() })),
    refetchInterval: every,
    retry: false,
  })
  const patience = usePatience(query.isPending)
  const status = query.data
  const stale = status !== undefined && (now - status.read_at) / 1_000 > old_after
  const when = (at: string) => dayTime(at, now, i18n.language)
  const few = status && status.disk.free_bytes < status.disk.total_bytes * 0.1

  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('admin.status.title')}</h1>
          {status && (
            <Chip tone={status.ok && !stale ? 'ok' : status.ok ? 'amber' : 'red'} icon={status.ok && !stale ? 'checkCircle' : status.ok ? 'clock' : 'octagon'}>
              {t(stale ? 'admin.status.stale' : status.ok ? 'admin.status.running' : 'admin.status.notRunning')}
            </Chip>
          )}
          {status && (
            <span className={`admin-end ${stale ? 'text-amber' : 'muted'}`} data-testid="status-fresh">
              {t('admin.status.fresh', { time: clock(status.read_at) })}
            </span>
          )}
        </header>
        <div className="admin-scroll" role="region" aria-label={t('admin.status.title')} tabIndex={0}>
          {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
          {!status && query.isPending && patience !== 'none' && <Skeleton rows={10} />}
          {status && (
            <div className="status" data-testid="status">
              <Parts parts={status.parts} when={when} />
              <div className="status-columns">
                <Section icon="database" title={t('admin.status.database')}>
                  <Figures
                    rows={[
                      [t('admin.status.version'), `PostgreSQL ${status.database.version}`],
                      [t('admin.status.size'), bytes(status.database.size_bytes)],
                      [t('admin.status.connections'), whole(status.database.connections)],
                      [t('admin.status.migration'), status.database.migration],
                    ]}
                  />
                </Section>
                <Section icon="trail" title={t('admin.status.journal')}>
                  <Figures
                    rows={[
                      ...status.journals.map(({ owner, seq }): [string, string] => [t('admin.status.journalOf', { owner: t(`admin.status.part.${owner.split(':')[0]}`, { defaultValue: owner }) }), whole(seq)]),
                      [t('admin.status.outboxWaiting'), whole(status.outbox.waiting), status.outbox.waiting > 1_000],
                      [t('admin.status.oldest'), status.outbox.waiting > 0 ? length(status.outbox.oldest_seconds) : '–', status.outbox.oldest_seconds > 60],
                      ...status.outbox.followers.map(({ name, behind, error }): [string, string, boolean] => [
                        t('admin.status.followerBehind', { name }),
                        whole(behind),
                        error !== null,
                      ]),
                    ]}
                  />
                </Section>
                <Section icon="server" title={t('admin.status.machine')}>
                  <Figures
                    rows={[
                      [t('admin.status.software'), status.version],
                      [t('admin.status.since'), status.started_at ? when(status.started_at) : '–'],
                      [t('admin.status.uptime'), status.started_at ? uptime(secondsSince(status.started_at, now), t) : '–'],
                      [t('admin.status.diskFree'), `${bytes(status.disk.free_bytes)} / ${bytes(status.disk.total_bytes)}`, few],
                    ]}
                  />
                </Section>
                <Jobs jobs={status.jobs} when={when} />
              </div>
              <ParkedEntries count={status.parked} when={when} />
              <Backups backups={status.backups} when={when} />
            </div>
          )}
        </div>
      </div>
    </div>
  )
}

function uptime(seconds: number, t: (key: string, options?: Record<string, unknown>) => string): string {
  const days = Math.floor(seconds / 86_400)
  return days > 0 ? t('admin.status.days', { count: days, time: length(seconds % 86_400) }) : length(seconds)
}

type Row = [name: string, value: string, attention?: boolean]

function Figures({ rows }: { rows: readonly Row[] }) {
  return (
    <dl className="figures">
      {rows.map(([name, value, attention]) => (
        <div key={name}>
          <dt className="ellipsis" title={name}>
            {name}
          </dt>
          <dd className={attention ? 'text-amber' : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
