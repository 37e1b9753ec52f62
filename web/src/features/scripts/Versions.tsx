import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction as useRequest } from '@/shared/api/lists'
import type { ScriptBody, ScriptDocument } from '@/shared/api/knowledge'
import { useNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { Confirm } from '@/shared/ui/Confirm'
import { Chip, Empty, ErrorLine } from '@/shared/ui/parts'

interface Props {
  script: ScriptDocument
  busy: boolean
  /** New contacts are to get this one; null: none. */
  onSet: (version: number | null) => void
  /** Take what it says into the draft. */
  onTake: (body: ScriptBody) => void
}

/** What was published, the newest first; any of them can be gone back to. */
export function Versions({ script, busy, onSet, onTake }: Props) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { problem, run } = useRequest()
  const take = async (version: number) => {
    const got = await run(() => api.get<{ body: ScriptBody }>(`/scripts/${script.id}/versions/${version}`))
    if (got.ok) onTake(got.value.body)
  }
  if (script.versions.length === 0) return <Empty>{t('scripts.noVersions')}</Empty>
  return (
    <>
      {problem !== null && <ErrorLine problem={problem} />}
      <ul className="script-versions" data-testid="script-versions">
        {script.versions.map(({ version, published_at, published_by, runs }) => (
          <li key={version}>
            <b>{t('scripts.version', { version })}</b>
            {version === script.published && <Chip tone="ok">{t('scripts.live')}</Chip>}
            <span className="line-minor">
              {dayTime(published_at, now, i18n.language)} {published_by}
            </span>
            <span className="line-minor">{t('scripts.runs', { count: runs })}</span>
            <span className="script-versions-end">
              <button type="button" className="link" onClick={() => void take(version)}>
                {t('scripts.take')}
              </button>
              {version !== script.published && <Confirm title={t('scripts.reallySet', { version })} hint={t('scripts.setHint')} verb={t('scripts.set')} danger={false} disabled={busy} testId={`version-${version}-set`} onConfirm={() => onSet(version)} />}
            </span>
          </li>
        ))}
      </ul>
      {script.published !== null && <Confirm title={t('scripts.reallyStop')} hint={t('scripts.stopHint')} verb={t('scripts.stop')} disabled={busy} testId="script-stop-all" onConfirm={() => onSet(null)} />}
    </>
  )
}
