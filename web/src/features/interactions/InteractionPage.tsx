import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { keptLines } from '@/features/trail/describe'
import { TrailLines } from '@/features/trail/TrailLines'
import { api, type Problem } from '@/shared/api/client'
import { useDispositionName } from '@/shared/api/dispositions'
import type { InteractionDetail } from '@/shared/api/types'
import { customerNumber, phone } from '@/shared/format/phone'
import { queuesOf, useDocuments } from '@/shared/live/store'
import { serverNow } from '@/shared/time/clock'
import { dayTime, length } from '@/shared/time/format'
import { interactionLook } from '@/shared/ui/agentState'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { Icon } from '@/shared/ui/Icon'
import { Chip, Empty, ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { Outcome } from './Outcome'
import { Parties } from './Parties'
import { Reasons } from './Reasons'
import { RecordingPlayer } from './RecordingPlayer'
import { SegmentBar } from './SegmentBar'

interface Props {
  id: string
  onBack: () => void
  onOpen: (id: string) => void
  backLabel?: string
  onSignalling?: (id: string) => void
}

/** One contact from ring to wrap-up: why it went so, its stretches and who took part, its recording, its trail. */
export function InteractionPage({ id, onBack, onOpen, backLabel, onSignalling }: Props) {
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
      {query.data && <Detail one={query.data} onOpen={onOpen} onSignalling={onSignalling} />}
    </div>
  )
}

/** Talked lately and no recording yet: the worker is sealing it. */
export function unsealed(one: InteractionDetail | undefined): boolean {
  if (!one?.ended_at || !one.talk_seconds || one.recordings.length > 0) return false
  return serverNow() - Date.parse(one.ended_at) < 60_000
}

function Detail({ one, onOpen, onSignalling }: { one: InteractionDetail; onOpen: (id: string) => void; onSignalling?: (id: string) => void }) {
  const { t, i18n } = useTranslation()
  const dispositionName = useDispositionName()
  const docs = useDocuments()
  const now = serverNow()
  const queueName = useCallback((code: string) => queuesOf(docs).find((queue) => queue.code === code)?.name ?? (one.queue?.code === code ? one.queue.name : code), [docs, one.queue])
  const lines = useMemo(() => keptLines(one, t, queueName), [one, t, queueName])

  const facts: Array<[string, string]> = [
    ['queue', one.queue?.name ?? ''],
    ['agent', one.agent ? `${one.agent.name} ${one.agent.number}` : ''],
    ['wait', one.wait_seconds ? length(one.wait_seconds) : ''],
    ['talk', one.talk_seconds ? length(one.talk_seconds) : ''],
    ['hold', one.hold_seconds ? length(one.hold_seconds) : ''],
    ['consult', one.consult_seconds ? length(one.consult_seconds) : ''],
    ['disposition', dispositionName(one.disposition)],
    ['dialled', one.direction === 'out' ? one.ani : one.dnis],
  ]

  return (
    <>
      <header className="detail-head">
        <h1 className="identity-name" data-testid="customer-name">
          {one.customer?.name ?? t(one.match === 'new' ? 'customer.stranger' : one.match === 'withheld' ? 'customer.hiddenNumber' : 'customer.unidentified')}
        </h1>
        <CustomerClass value={one.customer?.class} />
        <span className="identity-number">{phone(customerNumber(one))}</span>
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
      <Reasons one={one} queueName={queueName} />
      <Section icon="record" title={t('detail.recording')} count={one.recordings.length || undefined}>
        {one.recordings.map((recording) => (
          <RecordingPlayer key={recording.id} recording={recording} />
        ))}
        {one.recordings.length === 0 && <Empty>{t(unsealed(one) ? 'detail.sealing' : 'detail.noRecording')}</Empty>}
      </Section>
      <div className="detail-columns">
        <div>
        <Section icon="clock" title={t('detail.segments')}>
          <SegmentBar segments={one.segments} />
        </Section>
        <Parties one={one} onOpen={onOpen} disposition={dispositionName} />
        </div>
        <Section icon="trail" title={t('trail.title')} count={lines.length}>
          <TrailLines lines={lines} />
        </Section>
      </div>
    </>
  )
}
