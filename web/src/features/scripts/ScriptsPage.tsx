import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { ScriptDocument, ScriptLine } from '@/shared/api/knowledge'
import { usePages } from '@/shared/api/lists'
import { Icon } from '@/shared/ui/Icon'
import { Chip, Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { ThingDialog } from '@/shared/ui/ThingDialog'
import { usePatience } from '@/shared/ui/usePatience'
import { blank } from './draft'
import './editor.css'
import { ScriptEditor } from './ScriptEditor'

/** 话术: all scripts, and of one its draft, how it reads, its versions and how it is used. */
export function ScriptsPage({ open, onOpen }: { open: string | null; onOpen: (id: string | null) => void }) {
  const { t, i18n } = useTranslation()
  const [q, setQ] = useState('')
  const { query, rows } = usePages<ScriptLine>('/scripts', { q: q.trim() })
  const patience = usePatience(query.isPending)
  const [adding, setAdding] = useState(false)
  const chosen = open ?? rows[0]?.id ?? null
  const nameOf = (one: { name: string; name_en: string }) => (i18n.language === 'en' && one.name_en) || one.name
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('scripts.title')}</h1>
          <Input value={q} maxLength={100} allowClear prefix={<Icon name="search" className="muted" />} placeholder={t('scripts.search')} aria-label={t('scripts.search')} data-testid="scripts-search" onChange={(event) => setQ(event.target.value)} />
          <span className="admin-end">
            <Button icon={<Icon name="plus" />} data-testid="script-new" onClick={() => setAdding(true)}>
              {t('scripts.add')}
            </Button>
          </span>
        </header>
        {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
        {query.isPending && patience !== 'none' && <Skeleton />}
        {query.isSuccess && rows.length === 0 && <Empty>{t(q ? 'scripts.noneFound' : 'scripts.empty')}</Empty>}
        <div className="scripts-body">
          <nav className="scripts-list" aria-label={t('scripts.title')} data-testid="scripts">
            {rows.map((script) => (
              <button key={script.id} type="button" className="scripts-card" aria-current={script.id === chosen ? 'true' : undefined} data-testid={`scripts-${script.code}`} onClick={() => onOpen(script.id)}>
                <b className="ellipsis" title={nameOf(script)}>
                  {nameOf(script)}
                </b>
                <span className="scripts-marks">
                  {script.published ? <Chip tone="ok">{t('scripts.version', { version: script.published })}</Chip> : <Chip icon="minusCircle">{t('scripts.unpublished')}</Chip>}
                  {script.published !== null && script.unpublished && (
                    <Chip tone="amber" icon="pen">
                      {t('scripts.draft')}
                    </Chip>
                  )}
                </span>
                <span className="line-minor">{t('scripts.used', { count: script.runs })}</span>
              </button>
            ))}
            {query.hasNextPage && (
              <button type="button" className="link" onClick={() => void query.fetchNextPage()}>
                {t('scripts.more')}
              </button>
            )}
          </nav>
          {chosen && <ScriptEditor key={chosen} id={chosen} onGone={() => onOpen(null)} />}
        </div>
      </div>
      {adding && (
        <ThingDialog
          title={t('scripts.add')}
          thing={null}
          english
          renew={['/scripts']}
          testId="script"
          onClose={() => setAdding(false)}
          save={async (thing) => {
            const { id } = await api.post<ScriptDocument>('/scripts', { ...thing, body: blank() })
            onOpen(id)
          }}
        />
      )}
    </div>
  )
}
