import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { keptLines } from '@/features/trail/describe'
import { TrailLines } from '@/features/trail/TrailLines'
import { api, type Problem } from '@/shared/api/client'
import type { InteractionDetail } from '@/shared/api/types'
import { phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import { queuesOf, useDocuments } from '@/shared/live/store'
import { serverNow } from '@/shared/time/clock'
import { dayTime, length } from '@/shared/time/format'
import { interactionLook } from '@/shared/ui/agentState'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { Icon } from '@/shared/ui/Icon'
import { Chip, Empty, ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { Outcome } from './Outcome'
import { RecordingPlayer } from './RecordingPlayer'
import { SegmentBar } from './SegmentBar'

/** One contact from ring to wrap-up: its stretches, its recording, its trail. */
export function InteractionPage({ id, onBack, backLabel, onSignalling }: { id: string; onBack: () => void; backLabel?: string; onSignalling?: (id: string) => void }) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['interaction', id],
    queryFn: ({ signal }) => api.get<InteractionDetail>(`/interactions/${id}`, undefined, signal),
    // A running contact and a recording that is still being sealed change by themselves.
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'closed' ? 3_000 : unsealed(state.data) ? 4_000 : false),
    retry: (count, error) => (error as Problem).status !== 404 && count < 2,
  })
  const patience = usePatience(query.isPending)
  return (
    <div className="detail-page" data-region="work">
      <button type="button" className="link detail-back" onClick={onBack}>
        <Icon name="chevronLeft" size={14} /> {backLabel ?? t('detail.back')}
      </button>
      {query.isPending && patience !== 'none' && <Skeleton rows={6} />}
      {query.isError && !query.data && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Detail one={query.data} onSignalling={onSignalling} />}
    </div>
  )
}

/** Talked lately and no recording yet: the worker is sealing it. */
export function unsealed(one: InteractionDetail | undefined): boolean {
  if (!one?.ended_at || !one.talk_seconds || one.recordings.length > 0) return false
  return serverNow() - Date.parse(one.ended_at) < 60_000
}

function Detail({ one, onSignalling }: { one: InteractionDetail; onSignalling?: (id: string) => void }) {
  const { t, i18n } = useTranslation()
  const docs = useDocuments()
  const now = serverNow()
  const lines = useMemo(() => {
    const name = (code: string) => queuesOf(docs).find((queue) => queue.code === code)?.name ?? code
    return keptLines(one, t, name)
  }, [one, docs, t])

  const facts: Array<[string, string]> = [
    ['queue', one.queue?.name ?? ''],
    ['agent', one.agent ? `${one.agent.name} ${one.agent.number}` : ''],
    ['wait', one.wait_seconds ? length(one.wait_seconds) : ''],
    ['talk', one.talk_seconds ? length(one.talk_seconds) : ''],
    ['hold', one.hold_seconds ? length(one.hold_seconds) : ''],
    ['disposition', codeText(t, 'disposition', one.disposition)],
    ['dialled', one.dnis],
    ['note', one.note ?? ''],
  ]

  return (
    <>
      <header className="detail-head">
        <h1 className="identity-name" data-testid="customer-name">
          {one.customer?.name ?? t(one.match === 'new' ? 'customer.stranger' : 'customer.unidentified')}
        </h1>
        <CustomerClass value={one.customer?.class} />
        <span className="identity-number">{phone(one.ani)}</span>
        {one.state === 'closed' ? (
          <Outcome row={one} />
        ) : (
          <Chip tone={interactionLook(one.state).tone} icon={interactionLook(one.state).icon}>
            {t(`state.${one.state}`)}
          </Chip>
        )}
        <span className="muted detail-no">
          {one.trail_no} · {dayTime(one.started_at, now, i18n.language)}
        </span>
        {onSignalling && one.channel === 'voice' && (
          <button type="button" className="link" data-testid="interaction-sip" onClick={() => onSignalling(one.id)}>
            {t('detail.signalling')}
          </button>
        )}
      </header>
      <dl className="facts">
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{t(`detail.${name}`)}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <Section icon="record" title={t('detail.recording')} count={one.recordings.length || undefined}>
        {one.recordings.map((recording) => (
          <RecordingPlayer key={recording.id} recording={recording} />
        ))}
        {one.recordings.length === 0 && <Empty>{t(unsealed(one) ? 'detail.sealing' : 'detail.noRecording')}</Empty>}
      </Section>
      <div className="detail-columns">
        <Section icon="clock" title={t('detail.segments')}>
          <SegmentBar segments={one.segments} />
        </Section>
        <Section icon="trail" title={t('trail.title')} count={lines.length}>
          <TrailLines lines={lines} />
        </Section>
      </div>
    </>
  )
}
