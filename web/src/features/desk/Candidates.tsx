import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { CustomerCard } from '@/shared/api/types'
import { codeText } from '@/shared/i18n'
import { phone } from '@/shared/format/phone'
import { combination, isEditable } from '@/shared/keys/keys'
import { serverNow } from '@/shared/time/clock'
import { day } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { personLine } from '@/shared/ui/person'
import type { CandidateFacts } from './identify/guiding'
import { Likelihood } from './identify/Likelihood'

interface Props {
  cards: readonly CustomerCard[]
  chosen: string | null
  pending: string | null
  onChoose: (id: string) => void
  /** The number they share: only the others tell them apart. */
  ani?: string
  /** The page's first action: where the focus goes on answering. */
  first?: boolean
  /** What contacts and the number tell of them. */
  facts?: ReadonlyMap<string, CandidateFacts>
}

/** One row a customer with what tells them apart; a digit chooses while the list has the focus. */
export function Candidates({ cards, chosen, pending, onChoose, ani, first, facts }: Props) {
  const { t } = useTranslation()
  const [inside, setInside] = useState(false)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- digits bubble up from the rows
    <ol
      className={`candidates ${inside ? 'has-focus' : ''}`}
      aria-label={t('identify.candidates')}
      onFocus={() => setInside(true)}
      onBlur={({ currentTarget, relatedTarget }) => setInside(currentTarget.contains(relatedTarget))}
      onKeyDown={(event) => {
        if (isEditable(event.target)) return
        const key = combination(event.nativeEvent) ?? ''
        const card = /^[1-9]$/.test(key) ? cards[Number(key) - 1] : undefined
        if (card && !pending) onChoose(card.id)
      }}
    >
      {cards.map((card, index) => (
        <li key={card.id}>
          <button
            type="button"
            className="candidate"
            data-testid="candidate"
            data-first-action={first && index === 0 ? '' : undefined}
            aria-pressed={card.id === chosen}
            aria-busy={card.id === pending}
            onClick={() => !pending && onChoose(card.id)}
          >
            <span className="candidate-digit">{index < 9 ? index + 1 : ''}</span>
            <span className="candidate-who">
              <span className="candidate-name">
                <b className="ellipsis">{card.name}</b>
                <CustomerClass value={card.class} short />
              </span>
              <span className="muted ellipsis">{who(card, facts?.get(card.id), t)}</span>
            </span>
            <span className="candidate-place">
              <span className="clamp">{card.address_masked ?? t('customer.noAddress')}</span>
            </span>
            <More card={card} facts={facts?.get(card.id)} ani={ani} />
            <Marks card={card} facts={facts?.get(card.id)} chosen={card.id === chosen} />
          </button>
        </li>
      ))}
    </ol>
  )
}

type Translate = ReturnType<typeof useTranslation>['t']

/** 代办人（女儿）· 女 38 岁 */
function who(card: CustomerCard, facts: CandidateFacts | undefined, t: Translate): string {
  const role = facts?.role ? codeText(t, 'guided.role', facts.role) : ''
  const named = role && facts?.label ? t('guided.roleOf', { role, label: facts.label }) : role
  return [named, personLine(card, t, serverNow()) || t('customer.company')].filter(Boolean).join(' · ')
}

/** What they have and when they were last in touch; of somebody found by hand, their numbers. */
function More({ card, facts, ani }: { card: CustomerCard; facts?: CandidateFacts | undefined; ani?: string | undefined }) {
  const { t, i18n } = useTranslation()
  if (!facts) {
    return (
      <span className="candidate-more">
        <span className="ellipsis">{otherPhones(card, ani).join('、') || t('customer.onlyThis')}</span>
        <span className="muted ellipsis">{t('customer.no', { no: card.no })}</span>
      </span>
    )
  }
  const last = facts.last_contact
  return (
    <span className="candidate-more">
      <span className="ellipsis">{facts.products.join('、') || t('guided.noProducts')}</span>
      <span className="muted ellipsis">
        {last ? t('guided.last', { date: day(last.at, serverNow(), i18n.language), channel: codeText(t, 'channel', last.channel) }) : t('guided.noContact')}
      </span>
    </span>
  )
}

function Marks({ card, facts, chosen }: { card: CustomerCard; facts?: CandidateFacts | undefined; chosen: boolean }) {
  const { t } = useTranslation()
  return (
    <span className="candidate-marks">
      {chosen ? (
        <span className="text-ok">
          <Icon name="check" size={14} /> {t('identify.chosen')}
        </span>
      ) : facts ? (
        <Likelihood facts={facts} />
      ) : (
        card.manager_number && <span className="muted">{t('customer.manager', { number: card.manager_number })}</span>
      )}
      {facts && facts.open_callbacks > 0 ? (
        <span className="text-amber ellipsis">
          <Icon name="phone" size={14} /> {t('guided.owed', { count: facts.open_callbacks })}
        </span>
      ) : (
        card.warnings[0] && (
          <span className="text-amber ellipsis" title={card.warnings.join('\n')}>
            <Icon name="triangle" size={14} /> {card.warnings[0]}
          </span>
        )
      )}
    </span>
  )
}

function otherPhones(card: CustomerCard, ani?: string): string[] {
  return card.phones.map(phone).filter((one) => one !== phone(ani))
}
