import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import type { SipCall, SipMessages } from '@/shared/api/telephony'
import { phone } from '@/shared/format/phone'
import { serverNow, useNow } from '@/shared/time/clock'
import { clock, day, length, secondsSince } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { Chip, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { Copyable } from '@/shared/ui/Secrets'
import { Sheet } from '@/shared/ui/Sheet'
import { toast } from '@/shared/ui/toasts'
import { usePatience } from '@/shared/ui/usePatience'
import { Ladder } from './Ladder'
import { farEnd, hopName, outcomeOf, talked } from './outcome'

interface Props {
  id: string
  onClose: () => void
  onInteraction: (id: string) => void
}

/** One call on the wire, with everything that belongs to it: what was said to whom when. */
export function CallSheet({ id, onClose, onInteraction }: Props) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: [`/sip/calls/${id}`],
    queryFn: ({ signal }) => api.get<SipCall>(`/sip/calls/${id}`, undefined, signal),
    refetchInterval: ({ state }) => (state.data && !state.data.ended_at ? 3_000 : false),
    retry: 1,
  })
  const patience = usePatience(query.isPending)
  if (query.data) return <Known call={query.data} onClose={onClose} onInteraction={onInteraction} />
  return (
    <Sheet title="" label={t('tel.calls.title')} onClose={onClose}>
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && patience !== 'none' && <Skeleton rows={8} />}
    </Sheet>
  )
}

function Known({ call, onClose, onInteraction }: { call: SipCall; onClose: () => void; onInteraction: (id: string) => void }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const [chosen, setChosen] = useState<number | null>(null)
  const [round, setRound] = useState(0)
  const { busy, problem, run } = useAction('/audit')
  const look = outcomeOf(call)
  const seconds = talked(call, now)
  const name = `${phone(call.from_user)} → ${phone(call.to_user)}`
  const download = async () => {
    const { ok } = await run(async () => save(await api.blob(`/sip/calls/${call.id}/pcap`), `call-${call.id}.pcap`))
    if (ok) toast(t('tel.calls.downloaded'), 'ok')
  }
  return (
    <div className="call-sheet">
      <Sheet
        title={<span title={name}>{name}</span>}
        label={name}
        testId="call-sheet"
        onClose={onClose}
        marks={
          <Chip tone={look.tone} icon={look.icon} title={call.reason || undefined}>
            {call.answered_at || call.status < 300 ? '' : `${call.status} `}
            {t(look.word)}
          </Chip>
        }
        foot={
          <>
            {problem !== null && <ErrorLine problem={problem} />}
            {call.correlation && (
              <Button icon={<Icon name="link" />} data-testid="call-interaction" onClick={() => onInteraction(call.correlation ?? '')}>
                {t('tel.calls.interaction')}
              </Button>
            )}
            <span className="foot-end">
              <Button icon={<Icon name="refresh" />} onClick={() => setRound(round + 1)}>
                {t('list.refresh')}
              </Button>
              <Button icon={<Icon name="download" />} loading={busy} data-testid="call-pcap" onClick={() => void download()}>
                {t('tel.calls.pcap')}
              </Button>
            </span>
          </>
        }
      >
        <dl className="call-facts">
          <div>
            <dt>{t('tel.calls.started')}</dt>
            <dd>
              {day(call.started_at, serverNow(), i18n.language)} {clock(call.started_at)}
            </dd>
          </div>
          <div>
            <dt>{t('tel.calls.rang')}</dt>
            <dd>{call.ringing_at ? length(secondsSince(call.started_at, Date.parse(call.answered_at ?? call.ended_at ?? new Date(now).toISOString()))) : '–'}</dd>
          </div>
          <div>
            <dt>{t('tel.calls.talkTime')}</dt>
            <dd>{seconds === null ? '–' : length(seconds)}</dd>
          </div>
          <div>
            <dt>{t(call.direction === 'in' ? 'tel.calls.cameFrom' : 'tel.calls.wentTo')}</dt>
            <dd className="ellipsis" title={`${farEnd(call, t)} ${call.hop}`}>
              {farEnd(call, t)}
              {call.trunk && <span className="muted"> {hopName(call.hop, t)}</span>}
            </dd>
          </div>
          {call.agent && (
            <div>
              <dt>{t('tel.calls.device')}</dt>
              <dd className="ellipsis" title={call.agent}>
                {call.agent}
              </dd>
            </div>
          )}
          <div className="call-id">
            <dt>Call-ID</dt>
            <dd>
              <Copyable value={call.call_id} testId="call-id" />
            </dd>
          </div>
          {call.reason && (
            <div className="call-reason">
              <dt>{t('tel.calls.reason')}</dt>
              <dd className={look.tone === 'red' ? 'text-red' : undefined}>{call.reason}</dd>
            </div>
          )}
        </dl>
        <Ladder callId={call.id} round={round} chosen={chosen} onChoose={setChosen} />
        <Message call={call} round={round} chosen={chosen} />
      </Sheet>
    </div>
  )
}

/** The message behind the chosen arrow. They are fetched when the first of them is asked for: that is written down. */
function Message({ call, round, chosen }: { call: SipCall; round: number; chosen: number | null }) {
  const { t } = useTranslation()
  const [wanted, setWanted] = useState(false)
  if (chosen !== null && !wanted) setWanted(true)
  const query = useQuery({
    queryKey: ['messages', call.id, round],
    queryFn: ({ signal }) => api.get<SipMessages>(`/sip/calls/${call.id}/messages`, undefined, signal),
    placeholderData: (before, last) => (last?.queryKey[1] === call.id ? before : undefined),
    enabled: wanted,
    staleTime: Infinity,
    retry: 1,
  })
  const message = chosen === null ? undefined : query.data?.items[chosen]
  return (
    <section className="call-message" aria-label={t('tel.calls.message')} data-testid="call-message">
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.data && query.data.damaged > 0 && <ErrorLine>{t('tel.calls.damaged', { count: query.data.damaged })}</ErrorLine>}
      {query.data?.cut && <p className="muted">{t('tel.calls.cut')}</p>}
      {message ? (
        <>
          <p className="call-message-head">
            <b>{clock(message.at)}</b>
            <span className="muted ellipsis" title={`${message.sender} → ${message.recipient}`}>
              {hopName(message.sender, t)} → {hopName(message.recipient, t)}
            </span>
            <button type="button" className="icon-button" aria-label={t('list.copy')} title={t('list.copy')} onClick={() => void navigator.clipboard?.writeText(message.text).then(() => toast(t('list.copied'), 'ok'))}>
              <Icon name="copy" />
            </button>
          </p>
          {/* Long messages are read with the keyboard, too. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre tabIndex={0} data-testid="message-text">
            {message.text.trimEnd()}
          </pre>
        </>
      ) : (
        !query.isError && <p className="muted">{t(chosen !== null && query.isSuccess ? 'tel.calls.gone' : 'tel.calls.choose')}</p>
      )}
    </section>
  )
}

function save(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
