import { useTranslation } from 'react-i18next'

import type { InteractionDetail, InteractionLink, KeptWrapup, Participant } from '@/shared/api/types'
import { phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import { clock, length } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { Section } from '@/shared/ui/parts'

const icons: Record<string, IconName> = { customer: 'person', agent: 'phone', consulted: 'people', third: 'outgoing', leader: 'people' }

/** Who took part, each agent's own wrap-up, and what the contact belongs to. They overlap: the bar of segments cannot say it. */
export function Parties({ one, onOpen, disposition }: { one: InteractionDetail; onOpen: (id: string) => void; disposition: (code: string | null) => string }) {
  const { t } = useTranslation()
  return (
    <>
      <Section icon="people" title={t('parties.title')} count={one.participants.length}>
        <ol className="party-list">
          {one.participants.map((party) => (
            <Party key={party.id} party={party} customer={one.customer?.name ?? null} />
          ))}
        </ol>
      </Section>
      {one.wrapups.length > 0 && (
        <Section icon="pen" title={t('parties.wrapups')} count={one.wrapups.length}>
          <ol className="party-list">
            {one.wrapups.map((wrapup) => (
              <WrapupLine key={`${wrapup.agent?.id}/${wrapup.started_at}`} wrapup={wrapup} disposition={disposition} />
            ))}
          </ol>
        </Section>
      )}
      {one.links.length > 0 && (
        <Section icon="trail" title={t('parties.links')} count={one.links.length}>
          <ol className="party-list">
            {one.links.map((link) => (
              <LinkLine key={`${link.kind}/${link.id}`} link={link} onOpen={onOpen} />
            ))}
          </ol>
        </Section>
      )}
    </>
  )
}

function Party({ party, customer }: { party: Participant; customer: string | null }) {
  const { t } = useTranslation()
  const name = party.agent ? `${party.agent.name} ${party.agent.number ?? ''}` : (party.role === 'customer' && customer) || phone(party.address)
  const reason = party.role === 'customer' ? codeText(t, 'ended', party.reason) : codeText(t, 'parties.left', party.reason)
  return (
    <li data-testid="participant">
      <Icon name={icons[party.role] ?? 'person'} size={14} className="muted" />
      <span className="muted">{codeText(t, 'parties.role', party.role)}</span>
      <span className="ellipsis" title={name}>{name}</span>
      <b>{length(party.seconds)}</b>
      <span className="muted">
        {clock(party.joined_at)} – {party.left_at ? clock(party.left_at) : t('parties.stillIn')}
        {reason && ` · ${reason}`}
      </span>
    </li>
  )
}

function WrapupLine({ wrapup, disposition }: { wrapup: KeptWrapup; disposition: (code: string | null) => string }) {
  const { t } = useTranslation()
  return (
    <li data-testid="wrapup-line">
      <Icon name="pen" size={14} className="text-violet" />
      <span className="muted">{wrapup.agent?.number}</span>
      <span className="ellipsis">{disposition(wrapup.disposition) || <span className="muted">—</span>}</span>
      <b>{length(wrapup.seconds)}</b>
      <span className="muted">
        {clock(wrapup.started_at)} – {wrapup.ended_at ? clock(wrapup.ended_at) : t('parties.open')}
      </span>
      {wrapup.note && <span className="party-note trail-quote">{wrapup.note}</span>}
    </li>
  )
}

function LinkLine({ link, onOpen }: { link: InteractionLink; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  return (
    <li>
      <Icon name="trail" size={14} className="muted" />
      <span className="muted">{codeText(t, 'parties.link', link.kind)}</span>
      {link.trail_no ? (
        <button type="button" className="link" onClick={() => onOpen(link.id)}>
          {link.trail_no}
        </button>
      ) : (
        <span>{codeText(t, 'parties.link', link.kind)}</span>
      )}
    </li>
  )
}
