import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Tabs } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, Problem } from '@/shared/api/client'
import type { ScriptBody, ScriptDocument } from '@/shared/api/knowledge'
import { useAction as useRequest } from '@/shared/api/lists'
import { useAction as useKey } from '@/shared/keys/actions'
import { Confirm } from '@/shared/ui/Confirm'
import { Icon } from '@/shared/ui/Icon'
import { Chip, ErrorLine, Keycap, Skeleton } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { faultsOf, most_steps, sameBody, withStep } from './draft'
import { EntryForm } from './EntryForm'
import { Preview } from './Preview'
import { StepForm } from './StepForm'
import { useTrial } from './trial'
import { Usage } from './Usage'
import { Versions } from './Versions'

/** One script, fetched anew for every editor who opens it. */
export function ScriptEditor({ id, onGone }: { id: string; onGone: () => void }) {
  const query = useQuery({
    queryKey: [`/scripts/${id}`],
    queryFn: ({ signal }) => api.get<ScriptDocument>(`/scripts/${id}`, undefined, signal),
  })
  if (query.isError) return <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <Skeleton rows={6} />
  return <Draft key={query.data.rev} script={query.data} onGone={onGone} />
}

function Draft({ script, onGone }: { script: ScriptDocument; onGone: () => void }) {
  const { t, i18n } = useTranslation()
  const kept = script.draft as ScriptBody
  const [body, setBody] = useState(kept)
  const [tab, setTab] = useState('preview')
  const queries = useQueryClient()
  const { busy, problem, run } = useRequest('/scripts')
  const trial = useTrial(body)
  const faults = trial?.faults ?? script.faults
  const changed = !sameBody(body, kept)
  const path = `/scripts/${script.id}`

  const keep = (document: ScriptDocument) => queries.setQueryData([path], document)
  const save = () => run(async () => (changed ? api.put<ScriptDocument>(`${path}/draft`, { body, rev: script.rev }) : script))
  const onSave = async () => {
    if (!changed || busy) return
    const done = await save()
    if (done.ok) keep(done.value)
  }
  const onPublish = async () => {
    const saved = await save()
    if (!saved.ok) return
    const done = await run(() => api.post<ScriptDocument>(`${path}/versions`, { rev: saved.value.rev }))
    keep(done.ok ? done.value : saved.value)
    if (done.ok) toast(t('scripts.published', { version: done.value.published }), 'ok')
  }
  useKey('submit', () => void onSave())

  const live = script.versions.find(({ version }) => version === script.published)
  const stale = problem instanceof Problem && problem.code === 'draft_changed'
  return (
    <>
      <section className="script-editor" aria-label={script.name} data-testid="script-editor">
        <header className="script-editor-head">
          <h2 className="ellipsis">{(i18n.language === 'en' && script.name_en) || script.name}</h2>
          <span className="muted">{script.code}</span>
          {live ? <Chip tone="ok">{t('scripts.liveVersion', { version: live.version })}</Chip> : <Chip icon="minusCircle">{t('scripts.unpublished')}</Chip>}
          <span className="admin-end">
            <Confirm title={t('scripts.reallyDelete', { name: script.name })} hint={t('scripts.deleteHint')} verb={t('scripts.delete')} disabled={busy} testId="script-delete" onConfirm={() => void run(() => api.delete(path)).then(({ ok }) => ok && onGone())} />
            <Button disabled={!changed} loading={busy} data-testid="script-save" onClick={() => void onSave()}>
              {t('scripts.save')} <Keycap>Ctrl Enter</Keycap>
            </Button>
            <Confirm title={t('scripts.reallyPublish', { version: (script.versions[0]?.version ?? 0) + 1 })} hint={t('scripts.publishHint')} verb={t('scripts.publish')} danger={false} disabled={busy || faults.length > 0} testId="script-publish" onConfirm={() => void onPublish()} />
          </span>
        </header>
        <p className="script-editor-state" role="status" data-testid="script-faults">
          {faults.length > 0 ? (
            <span className="text-red">
              <Icon name="octagon" size={14} /> {t('scripts.faults', { count: faults.length })}
            </span>
          ) : (
            <span className="text-ok">
              <Icon name="checkCircle" size={14} /> {t('scripts.faultless')}
            </span>
          )}
          {changed && <span className="text-amber">{t('scripts.changed')}</span>}
        </p>
        {problem !== null && <ErrorLine problem={problem} onRetry={stale ? () => void queries.invalidateQueries({ queryKey: [path] }) : undefined} />}
        {faultsOf(faults, null).map(({ code }) => (
          <ErrorLine key={code}>{t(`scripts.fault.${code}`)}</ErrorLine>
        ))}
        <EntryForm entry={body.entry} onChange={(entry) => setBody({ ...body, entry })} />
        <ol className="script-steps">
          {body.steps.map((step, place) => (
            <StepForm key={step.id} body={body} step={step} number={place + 1} faults={faultsOf(faults, step.id)} onChange={setBody} />
          ))}
        </ol>
        <Button className="script-add" icon={<Icon name="plus" />} disabled={body.steps.length >= most_steps} data-testid="step-add" onClick={() => setBody(withStep(body).body)}>
          {t('scripts.addStep')}
        </Button>
      </section>
      <aside className="script-side" data-region="sheet" aria-label={t('scripts.side')}>
        <Tabs
          size="small"
          activeKey={tab}
          onChange={setTab}
          items={[
            { key: 'preview', label: t('scripts.preview'), children: <Preview body={body} trial={trial} /> },
            { key: 'versions', label: t('scripts.versions'), children: <Versions script={script} busy={busy} onSet={(version) => void run(() => api.put<ScriptDocument>(`${path}/published`, { version })).then((done) => done.ok && keep(done.value))} onTake={setBody} /> },
            { key: 'usage', label: t('scripts.usage'), children: tab === 'usage' ? <Usage script={script} /> : null },
          ]}
        />
      </aside>
    </>
  )
}
