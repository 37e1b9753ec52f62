import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import { useMay } from '@/shared/ui/may'
import { Chip, Empty, ErrorLine, Section } from '@/shared/ui/parts'
import { bytes, whole } from './figures'
import { called, said } from './said'
import type { Parked, Part, SystemStatus } from './types'

type When = (at: string) => string

export function Parts({ parts, when }: { parts: readonly Part[]; when: When }) {
  const { t } = useTranslation()
  return (
    <Section icon="server" title={t('admin.status.parts')}>
      <table className="plain" data-testid="status-parts">
        <thead>
          <tr>
            <th scope="col">{t('admin.status.partName')}</th>
            <th scope="col">{t('admin.status.state')}</th>
            <th scope="col">{t('admin.status.detail')}</th>
            <th scope="col" className="right">
              {t('admin.status.since')}
            </th>
            <th scope="col" className="right">
              {t('admin.status.restarts')}
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => (
            <tr key={part.name} data-testid={`part-${part.name}`}>
              <th scope="row">{called(part.name, t)}</th>
              <td>
                <Chip tone={part.ok ? 'ok' : 'red'} icon={part.ok ? 'checkCircle' : 'octagon'}>
                  {t(part.ok ? 'admin.status.ok' : 'admin.status.down')}
                </Chip>
              </td>
              <td className="plain-wide" title={part.last_end ?? undefined}>
                {said(part.detail, t)}
                {part.last_end && <span className="muted"> · {t('admin.status.lastEnd', { why: part.last_end })}</span>}
              </td>
              <td className="right">{part.since ? when(part.since) : ''}</td>
              <td className={`right ${part.restarts ? 'text-amber' : ''}`}>{part.restarts ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}

export function Jobs({ jobs, when }: { jobs: SystemStatus['jobs']; when: When }) {
  const { t } = useTranslation()
  return (
    <Section icon="clock" title={t('admin.status.jobs')}>
      <dl className="figures">
        <div>
          <dt>{t('admin.status.queued')}</dt>
          <dd>{whole(jobs.queued)}</dd>
        </div>
        <div>
          <dt>{t('admin.status.runningJobs')}</dt>
          <dd>{whole(jobs.running)}</dd>
        </div>
        <div>
          <dt>{t('admin.status.failed')}</dt>
          <dd className={jobs.failed.length > 0 ? 'text-red' : undefined}>{whole(jobs.failed.length)}</dd>
        </div>
        {jobs.failed.map((job) => (
          <div key={job.id}>
            <dt className="ellipsis text-red" title={job.name}>
              {job.name}
            </dt>
            <dd>
              {when(job.at)} · {t('admin.status.tries', { count: job.attempts })}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

/** Facts that could not be written: rare enough to stay out of sight while there are none. */
export function ParkedEntries({ count, when }: { count: number; when: When }) {
  const { t } = useTranslation()
  const may = useMay()
  const { busy, problem, run } = useAction('/system')
  const query = useQuery({
    queryKey: ['/system/parked', count],
    queryFn: ({ signal }) => api.get<{ items: Parked[] }>('/system/parked', undefined, signal),
    enabled: count > 0,
  })
  if (count === 0) return null
  return (
    <Section icon="triangle" title={t('admin.status.parked')} count={count}>
      <table className="plain">
        <tbody>
          {(query.data?.items ?? []).map((entry) => (
            <tr key={`${entry.owner} ${entry.seq}`}>
              <th scope="row">{entry.type}</th>
              <td className="right">
                {entry.owner} {whole(entry.seq)}
              </td>
              <td className="plain-wide text-red" title={entry.error}>
                {entry.error}
              </td>
              <td className="right">{when(entry.parked_at)}</td>
              <td className="right">
                {may('system.write') && (
                  <Button size="small" disabled={busy} onClick={() => void run(() => api.post(`/system/parked/${encodeURIComponent(entry.owner)}/${entry.seq}/retry`))}>
                    {t('admin.status.retry')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {problem !== null && <ErrorLine problem={problem} />}
    </Section>
  )
}

export function Backups({ backups, when }: { backups: SystemStatus['backups']; when: When }) {
  const { t } = useTranslation()
  return (
    <Section icon="database" title={t('admin.status.backups')} count={backups.length || undefined}>
      {backups.length === 0 ? (
        <Empty>{t('admin.status.noBackups')}</Empty>
      ) : (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('admin.status.at')}</th>
              <th scope="col" className="plain-wide">
                {t('admin.status.file')}
              </th>
              <th scope="col" className="right">
                {t('admin.status.size')}
              </th>
              <th scope="col" className="right">
                {t('admin.status.rows')}
              </th>
              <th scope="col" className="right">
                {t('admin.status.took')}
              </th>
              <th scope="col">{t('admin.status.state')}</th>
            </tr>
          </thead>
          <tbody>
            {backups.map((backup) => (
              <tr key={backup.file + backup.made_at}>
                <th scope="row">{when(backup.made_at)}</th>
                <td className="plain-wide" title={backup.file}>
                  {backup.file}
                </td>
                <td className="right">{bytes(backup.bytes)}</td>
                <td className="right">{whole(backup.row_count)}</td>
                <td className="right">{t('time.seconds', { count: Math.max(1, Math.round(backup.seconds)) })}</td>
                <td>
                  <Chip tone="ok" icon="check">
                    {t('admin.status.verified')}
                  </Chip>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}
