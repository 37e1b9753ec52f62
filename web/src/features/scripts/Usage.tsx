import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { ScriptBody, ScriptDocument, ScriptUsage } from '@/shared/api/knowledge'
import { length } from '@/shared/time/format'
import { codeText } from '@/shared/i18n'
import { Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { stepName } from './draft'

/** How often a version was followed, each of its steps read and each answer chosen. */
export function Usage({ script }: { script: ScriptDocument }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en'
  const [version, setVersion] = useState(script.published ?? script.versions[0]?.version ?? null)
  const query = useQuery({
    queryKey: [`/scripts/${script.id}/usage`, version],
    queryFn: async ({ signal }) => {
      const [usage, { body }] = await Promise.all([api.get<ScriptUsage>(`/scripts/${script.id}/usage`, { version }, signal), api.get<{ body: ScriptBody }>(`/scripts/${script.id}/versions/${version}`, undefined, signal)])
      return { usage, body }
    },
    enabled: version !== null,
  })
  if (version === null) return <Empty>{t('scripts.noVersions')}</Empty>
  if (query.isError) return <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <Skeleton />
  const { usage, body } = query.data
  const share = (times: number, of: number) => (of > 0 ? Math.round((times / of) * 100) : 0)
  return (
    <div data-testid="script-usage">
      <Select value={version} aria-label={t('scripts.versions')} options={script.versions.map((one) => ({ value: one.version, label: t('scripts.version', { version: one.version }) }))} onChange={setVersion} />
      <dl className="script-totals">
        <div>
          <dt>{t('scripts.total.runs')}</dt>
          <dd>{usage.runs}</dd>
        </div>
        <div>
          <dt>{t('scripts.total.completed')}</dt>
          <dd>
            {usage.completed} <span className="muted">{share(usage.completed, usage.runs)}%</span>
          </dd>
        </div>
        <div>
          <dt>{t('scripts.total.agents')}</dt>
          <dd>{usage.agents}</dd>
        </div>
        <div>
          <dt>{t('scripts.total.seconds')}</dt>
          <dd>{usage.seconds === null ? '–' : length(usage.seconds)}</dd>
        </div>
      </dl>
      <ol className="script-usage">
        {body.steps.map((step, place) => {
          const used = usage.steps.find(({ id }) => id === step.id)
          return (
            <li key={step.id}>
              <p>
                <b>{stepName(step, place + 1)}</b> <span className="muted">{t('scripts.times', { count: used?.times ?? 0 })}</span>
                {(used?.left ?? 0) > 0 && <span className="text-amber"> {t('scripts.leftHere', { count: used?.left })}</span>}
              </p>
              <ul>
                {step.branches.map((branch, each) => {
                  const times = used?.branches[each] ?? 0
                  return (
                    <li key={branch.label} className="script-share">
                      <span className="ellipsis">{(english && branch.label_en) || branch.label}</span>
                      <span className="script-bar" aria-hidden="true">
                        <span style={{ width: `${share(times, used?.times ?? 0)}%` }} />
                      </span>
                      <span>{times}</span>
                    </li>
                  )
                })}
              </ul>
            </li>
          )
        })}
      </ol>
      {usage.outcomes.length > 0 && (
        <p className="line-minor">{usage.outcomes.map(({ outcome, runs }) => `${codeText(t, 'scripts.outcome', outcome)} ${runs}`).join(' · ')}</p>
      )}
    </div>
  )
}
