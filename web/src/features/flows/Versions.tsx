import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction as useRequest } from '@/shared/api/lists'
import { useNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { Confirm } from '@/shared/ui/Confirm'
import { Chip, Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { useVersions } from './api'

interface Props {
  code: string
  writable: boolean
  onCompare: (version: number) => void
  /** This one's content has been published anew. */
  onRestored: (one: number, version: number) => void
}

/** What was published, the newest first; any of it can be published again. */
export function Versions({ code, writable, onCompare, onRestored }: Props) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { query, rows } = useVersions(code)
  const { busy, problem, run } = useRequest(`/flows/${code}`)
  const restore = async (one: number) => {
    const done = await run(() => api.post<{ version: number }>(`/flows/${code}/versions/${one}/restore`, { note: t('flows.versions.restoreNote', { version: one }) }))
    if (done.ok) onRestored(one, done.value.version)
  }
  if (query.isError) return <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />
  if (query.isPending) return <Skeleton rows={4} />
  if (rows.length === 0) return <Empty>{t('flows.versions.none')}</Empty>
  return (
    <>
      {problem !== null && <ErrorLine problem={problem} />}
      <ul className="flow-versions" data-testid="flow-versions">
        {rows.map(({ version, at, by, note, current }) => (
          <li key={version} data-testid={`version-${version}`}>
            <b>{t('flows.version', { version })}</b>
            {current && <Chip tone="ok">{t('flows.versions.current')}</Chip>}
            <span className="line-minor">
              {at ? dayTime(at, now, i18n.language) : t('flows.shipped')} {by}
            </span>
            <p className={note ? '' : 'muted'}>{note || t('flows.versions.noNote')}</p>
            <span className="flow-versions-end">
              <button type="button" className="link" data-testid={`version-${version}-compare`} onClick={() => onCompare(version)}>
                {t('flows.versions.compare')}
              </button>
              {writable && !current && <Confirm title={t('flows.versions.reallyRestore', { version })} verb={t('flows.versions.restore')} danger={false} disabled={busy} testId={`version-${version}-restore`} onConfirm={() => void restore(version)} />}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}
