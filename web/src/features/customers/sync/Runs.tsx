import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'
import { problemText } from '@/shared/i18n'
import { serverNow } from '@/shared/time/clock'
import { dayTime, length } from '@/shared/time/format'
import { Chip, Empty, ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { agrees, countsAgree, type Source, type SourceRun } from './model'

const figures = ['created', 'updated', 'unchanged', 'conflicts', 'missing', 'rejected', 'erased'] as const

/** The runs of one source, and whether both sides hold the same afterwards. */
export function Runs({ source }: { source: Source }) {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const [starting, setStarting] = useState(false)
  const query = useQuery({
    queryKey: ['customer-source-runs', source.id],
    queryFn: ({ signal }) => api.get<Page<SourceRun>>(`/customers/sources/${source.id}/runs`, undefined, signal),
    refetchInterval: ({ state }) => (state.data?.items.some((one) => one.state === 'running') ? 2_000 : false),
  })
  const now = serverNow()
  const newest = query.data?.items[0]
  const number = (value: number | null) => (value === null ? t('customers.nothing') : value.toLocaleString(i18n.language))
  const run = async (full: boolean) => {
    setStarting(true)
    try {
      await api.post(`/customers/sources/${source.id}/run${full ? '?full=true' : ''}`)
      await queries.invalidateQueries({ queryKey: ['customer-source-runs', source.id] })
    } catch (error) {
      toast(problemText(error, t))
    } finally {
      setStarting(false)
    }
  }
  return (
    <Section
      icon="history"
      title={t('customers.sources.runs', { name: source.name })}
      extra={
        <span className="section-page-acts">
          <Button size="small" disabled={starting} title={t('customers.sources.runAllHint')} onClick={() => void run(true)}>
            {t('customers.sources.runAll')}
          </Button>
          <Button size="small" loading={starting} onClick={() => void run(false)} data-testid="source-run">
            {t('customers.sources.runNow')}
          </Button>
        </span>
      }
    >
      {query.isPending && <Skeleton rows={3} />}
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.items.length === 0 && <Empty>{t('customers.sources.noRuns')}</Empty>}
      {query.data && query.data.items.length > 0 && (
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">{t('customers.sources.started')}</th>
              <th scope="col">{t('customers.sources.result')}</th>
              <th scope="col" className="cell-number">
                {t('customers.sources.theirTotal')}
              </th>
              <th scope="col" className="cell-number">
                {t('customers.sources.ourTotal')}
              </th>
              {figures.map((name) => (
                <th key={name} scope="col" className="cell-number">
                  {t(`customers.sources.figure.${name}`)}
                </th>
              ))}
              <th scope="col">{t('customers.sources.fresh')}</th>
            </tr>
          </thead>
          <tbody>
            {query.data.items.map((one) => (
              <tr key={one.id} data-testid="source-run-row">
                <td>
                  {dayTime(one.started_at, now, i18n.language)}{' '}
                  {one.finished_at && <span className="muted">{length((Date.parse(one.finished_at) - Date.parse(one.started_at)) / 1_000)}</span>}
                </td>
                <td>
                  <Result run={one} />
                </td>
                <td className="cell-number">{number(one.source_total)}</td>
                <td className="cell-number">{number(one.ours_total)}</td>
                {figures.map((name) => (
                  <td key={name} className={`cell-number ${one[name] && (name === 'rejected' || name === 'missing') ? 'text-red' : one[name] && name === 'conflicts' ? 'text-amber' : ''}`}>
                    {number(one[name])}
                  </td>
                ))}
                <td>{one.fresh_as_of ? dayTime(one.fresh_as_of, now, i18n.language) : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {newest && newest.rejections.length > 0 && (
        <ul className="run-refused">
          {newest.rejections.slice(0, 20).map((one) => (
            <li key={JSON.stringify(one)} data-testid="run-refused">
              <span className="muted">{[one.key, one.line, one.column, one.value_masked ?? one.value].filter(Boolean).join(' · ')}</span>{' '}
              {t(`customers.imports.error.${String(one.code)}`, { defaultValue: String(one.message ?? one.code) })}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Result({ run }: { run: SourceRun }) {
  const { t } = useTranslation()
  if (run.state === 'failed') {
    return (
      <Chip tone="red" icon="octagon" title={t(`problem.${String(run.failure?.code)}`, { defaultValue: String(run.failure?.detail ?? '') })}>
        {t('customers.sources.failed')}
      </Chip>
    )
  }
  if (run.state === 'running') {
    return (
      <Chip tone="accent" icon="clock">
        {t('customers.sources.running')}
      </Chip>
    )
  }
  if (run.source_total === null || run.ours_total === null) return <Chip icon="check">{t('customers.sources.finished')}</Chip>
  return agrees(run) ? (
    <Chip tone="ok" icon="checkCircle">
      {t('customers.sources.agrees')}
    </Chip>
  ) : (
    <Chip tone="amber" icon="triangle">
      {t(countsAgree(run) ? 'customers.sources.differsInside' : 'customers.sources.differs')}
    </Chip>
  )
}
