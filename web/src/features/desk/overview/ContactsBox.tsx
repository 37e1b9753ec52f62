import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { RecordingPlayer } from '@/features/interactions/RecordingPlayer'
import { useDispositionName } from '@/shared/api/dispositions'
import { codeText } from '@/shared/i18n'
import { serverNow } from '@/shared/time/clock'
import { dayTime, length } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { Chip } from '@/shared/ui/parts'
import { useMay } from '@/shared/ui/may'
import { Box, Rows } from './Box'
import { useSection, type Contact, type View } from './sections'

const rows = 3

/** What it was about if an agent said so, else where it got to and how it ended. */
export function contactText(one: Contact, t: (key: string) => string, dispositionName: (code: string) => string): string {
  if (one.disposition) return dispositionName(one.disposition)
  const end = codeText(t, 'ended', one.end_reason) || codeText(t, 'state', one.state)
  return [one.agent ? '' : one.queue?.name, end].filter(Boolean).join(' · ')
}

const channels: Record<string, IconName> = { chat: 'message', sms: 'message', email: 'mail' }
const iconOf = (one: Contact): IconName => channels[one.channel ?? ''] ?? (one.direction === 'out' ? 'outgoing' : 'incoming')

/** 最近联系, with what was said playable where it is; `except` is the one that is being served. */
export function ContactsBox({ view, except, onOpen }: { view: View; except?: string; onOpen?: (id: string) => void }) {
  const { t } = useTranslation()
  const found = useSection(view, 'contacts')
  const of = { ...found, items: found.items?.filter(({ id }) => id !== except) ?? null }
  const count = of.items?.length ?? 0
  const [played, setPlayed] = useState<string | null>(null)
  return (
    <Box name="contacts" wide icon="clock" title={t('overview.contacts')} count={count} more={count > rows}>
      {(all) => (
        <Rows of={of} rows={rows} all={all || played !== null} empty={t('overview.noContacts')}>
          {(items) =>
            items.slice(0, all ? undefined : rows).map((one) => (
              <Fragment key={one.id}>
                <Row one={one} played={played === one.id} onPlay={() => setPlayed(played === one.id ? null : one.id)} onOpen={onOpen} />
                {played === one.id && one.recordings?.map((recording) => <RecordingPlayer key={recording.id} recording={recording} startedAt={one.started_at} />)}
              </Fragment>
            ))
          }
        </Rows>
      )}
    </Box>
  )
}

function Row({ one, played, onPlay, onOpen }: { one: Contact; played: boolean; onPlay: () => void; onOpen?: (id: string) => void }) {
  const { t, i18n } = useTranslation()
  const may = useMay()
  const dispositionName = useDispositionName()
  const talked = length(one.talk_seconds ?? 0)
  const words = (
    <>
      {one.started_at && <time className="muted">{dayTime(one.started_at, serverNow(), i18n.language)}</time>}
      <Icon name={iconOf(one)} size={14} className="muted" />
      <span className="ellipsis">{contactText(one, t, dispositionName)}</span>
    </>
  )
  return (
    <div className="row" data-testid="past-contact">
      {onOpen ? (
        <button type="button" className="row-lead row-open" data-testid="contact" onClick={() => onOpen(one.id)}>
          {words}
        </button>
      ) : (
        <span className="row-lead">{words}</span>
      )}
      <span className="row-side">
        <span>{one.agent ? `${one.agent.name} ${one.agent.number ?? ''}` : one.queue ? '' : t('overview.selfService')}</span>
        {one.recordings && one.recordings.length > 0 && may('recordings.listen') ? (
          <button type="button" className="link" aria-expanded={played} aria-label={`${t('view.play')} ${talked}`} title={t('view.play')} data-testid="play-contact" onClick={onPlay}>
            <Icon name={played ? 'close' : 'play'} size={14} />
            {talked}
          </button>
        ) : (
          one.talk_seconds ? <Chip>{talked}</Chip> : null
        )}
      </span>
    </div>
  )
}
