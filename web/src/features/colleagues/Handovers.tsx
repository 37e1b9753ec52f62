import { Button, Checkbox, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Handover, HandoverGroup } from '@/shared/api/colleagues'
import { useAction, useAll, usePages } from '@/shared/api/lists'
import type { InteractionDocument } from '@/shared/api/types'
import { useDraft } from '@/shared/prefs/drafts'
import { useNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { useMe } from '@/shared/ui/may'
import { Empty, ErrorLine } from '@/shared/ui/parts'
import { useNews } from './news'

const midnight = (now: number): string => {
  const date = new Date(now)
  date.setHours(0, 0, 0, 0)
  return date.toISOString()
}

/** 交接班: today's notes of my groups and what is still open; one press takes a note over. */
export function Handovers({ interaction }: { interaction: InteractionDocument | null }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const me = useMe()
  useNews(`handovers/${me.tenant.id}`, '/handovers')
  const since = midnight(now)
  const { query, rows } = usePages<Handover>('/handovers', { since })
  const groups = useAll<HandoverGroup>('/handovers/groups').rows
  const { busy, problem, run } = useAction('/handovers')
  const draft = useDraft('handover', '')
  const [chosen, setChosen] = useState<string | undefined>()
  const [about, setAbout] = useState(false)
  const group = chosen ?? groups[0]?.id
  const text = draft.value.trim()
  const sorted = useMemo(() => rows.toSorted((a, b) => Number(a.taken_at !== null) - Number(b.taken_at !== null)), [rows])
  const write = async () => {
    if (!text || !group || busy) return
    const { ok } = await run(() => api.post('/handovers', { group_id: group, text, interaction_id: about && interaction ? interaction.id : null }))
    if (ok) draft.clear()
  }
  return (
    <>
      <div className="tool-scroll">
        {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
        {query.isSuccess && rows.length === 0 && <Empty>{t(groups.length > 0 ? 'handover.none' : 'handover.noGroup')}</Empty>}
        <ul className="handovers">
          {sorted.map((one) => (
            <li key={one.id} className={one.taken_at ? 'handover-taken' : undefined} data-testid="handover">
              <p className="handover-head">
                {one.author.name} · {one.group_name} · {dayTime(one.at, now, i18n.language)}
                {one.trail_no && <span className="chat-no">{one.trail_no}</span>}
              </p>
              <p className="handover-text">{one.text || t('colleagues.erased')}</p>
              {one.taken_by ? (
                <p className="handover-head">
                  <Icon name="check" size={14} /> {t('handover.takenBy', { who: one.taken_by.name })}
                  {one.taken_by.id === me.id && (
                    <button type="button" className="link" disabled={busy} onClick={() => void run(() => api.delete(`/handovers/${one.id}/taken`))}>
                      {t('handover.undo')}
                    </button>
                  )}
                </p>
              ) : (
                <button type="button" className="link" disabled={busy} data-testid="handover-take" onClick={() => void run(() => api.put(`/handovers/${one.id}/taken`, {}))}>
                  {t('handover.take')}
                </button>
              )}
            </li>
          ))}
        </ul>
        {query.hasNextPage && (
          <button type="button" className="link" onClick={() => void query.fetchNextPage()}>
            {t('colleagues.more')}
          </button>
        )}
      </div>
      {groups.length > 0 && (
        <div className="note">
          {problem !== null && <ErrorLine problem={problem} />}
          <textarea data-first className="chat-field" rows={2} maxLength={2000} value={draft.value} placeholder={t('handover.write')} aria-label={t('handover.write')} data-testid="handover-field" onChange={(event) => draft.set(event.target.value)} />
          <div className="handover-end">
            {groups.length > 1 && <Select size="small" value={group} aria-label={t('handover.group')} options={groups.map(({ id, name }) => ({ value: id, label: name }))} onChange={setChosen} />}
            {interaction && (
              <Checkbox checked={about} onChange={({ target }) => setAbout(target.checked)}>
                {t('handover.about', { no: interaction.trail_no })}
              </Checkbox>
            )}
            <Button size="small" type="primary" loading={busy} disabled={!text} data-testid="handover-save" onClick={() => void write()}>
              {t('handover.save')}
            </Button>
          </div>
        </div>
      )}
    </>
  )
}
