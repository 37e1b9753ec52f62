import { Button } from 'antd'
import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { doEffect } from '@/features/scripts/effects'
import { digitOf } from '@/features/scripts/entry'
import { Spoken } from '@/features/scripts/Spoken'
import type { NextOffer } from '@/shared/api/knowledge'
import type { InteractionDocument } from '@/shared/api/types'
import { useLink } from '@/shared/live/store'
import { Icon } from '@/shared/ui/Icon'
import { Chip, Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { useInSight } from '@/shared/ui/useInSight'
import { usePatience } from '@/shared/ui/usePatience'
import { reasons, results, useOffer, useOfferActions, type Result } from './offer'
import './offers.css'

/** 推荐: the one thing to offer in this contact, or why now is not the moment. */
export function OfferTool({ interaction, visible }: { interaction: InteractionDocument | null; visible: boolean }) {
  const { t } = useTranslation()
  return (
    <section className="tool script-tool" aria-label={t('offer.title')} data-testid="offer-tool">
      <h2 className="tool-head">
        <Icon name="gift" className="muted" />
        <span>{t('offer.title')}</span>
      </h2>
      <div className="tool-scroll">{interaction ? <One key={interaction.id} interaction={interaction} visible={visible} /> : <Empty>{t('offer.noContact')}</Empty>}</div>
    </section>
  )
}

function One({ interaction, visible }: { interaction: InteractionDocument; visible: boolean }) {
  const online = useLink().status === 'online'
  const query = useOffer(interaction)
  const patience = usePatience(query.isPending && query.isFetching)
  const actions = useOfferActions(interaction)
  const now = query.data
  const asked = useRef<string | null>(null)
  const due = now?.offer && !now.showing ? now.offer.id : null
  const { show } = actions
  const inSight = useInSight(visible)
  // The agent looks at it: from now on it is the one of this contact. Once; a refusal is shown, not repeated.
  useEffect(() => {
    if (due && online && inSight && asked.current !== due) {
      asked.current = due
      void show(due)
    }
  }, [due, online, inSight, show])

  if (!now) return query.isError ? <ErrorLine problem={query.error} onRetry={() => void query.refetch()} /> : patience === 'none' ? null : <Skeleton rows={2} />
  return (
    <>
      {now.offer ? <Made interaction={interaction} now={now} disabled={actions.busy || !online} put={actions.put} /> : <Held now={now} disabled={actions.busy || !online} onSettle={() => void actions.settle()} />}
      {actions.problem !== null && <ErrorLine problem={actions.problem} />}
    </>
  )
}

function Held({ now, disabled, onSettle }: { now: NextOffer; disabled: boolean; onSettle: () => void }) {
  const { t } = useTranslation()
  return (
    <>
      <p className="offer-held" data-testid="offer-held">
        <Icon name={now.why === 'nothing_fits' ? 'info' : 'pause'} size={16} />
        <span>{t(`offer.why.${now.why}`)}</span>
      </p>
      {now.why === 'unsettled' && (
        <Button disabled={disabled} data-testid="offer-settled" onClick={onSettle}>
          {t('offer.settle')}
        </Button>
      )}
    </>
  )
}

interface MadeProps {
  interaction: InteractionDocument
  now: NextOffer
  disabled: boolean
  put: (showing: string, result: Result, reason?: string) => Promise<NextOffer | null>
}

function Made({ interaction, now, disabled, put }: MadeProps) {
  const { t, i18n } = useTranslation()
  const { offer, showing } = now
  if (!offer) return null
  const result = (showing?.result ?? null) as Result | null
  const off = disabled || !showing
  const say = async (next: Result, reason = '') => {
    if (off || !showing) return
    const done = await put(showing.id, next, reason)
    if (done && next === 'accepted' && result !== 'accepted' && offer.business) doEffect(interaction, { kind: 'business', code: offer.business })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const digit = digitOf(event)
    const next = digit === null ? undefined : results[digit - 1]
    if (next) {
      event.preventDefault()
      void say(next)
    }
  }
  const why = result === 'refused' || result === 'not_offered' ? reasons[result] : []
  return (
    // The digits of its results act wherever in it the focus is.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div onKeyDown={onKeyDown}>
      <h3 className="offer-name">
        {(i18n.language === 'en' && offer.name_en) || offer.name}
        {result && (
          <Chip tone={result === 'accepted' ? 'ok' : 'neutral'} icon={result === 'accepted' ? 'check' : undefined}>
            {t(`offer.said.${result}`)}
          </Chip>
        )}
      </h3>
      <Spoken parts={offer.parts} parts_en={offer.parts_en} quiet />
      <ul className="script-answers offer-results">
        {results.map((one, place) => (
          <li key={one}>
            <button type="button" className="script-answer" aria-pressed={result === one} disabled={off} data-testid={`offer-${one}`} onClick={() => void say(one)}>
              <span className="script-digit">{place + 1}</span>
              <span className="script-label">{t(`offer.result.${one}`)}</span>
            </button>
          </li>
        ))}
      </ul>
      {why.length > 0 && result && (
        <div className="offer-reasons" role="group" aria-label={t('offer.reasonOf')}>
          {why.map((reason) => (
            <button key={reason} type="button" className="choice" aria-pressed={showing?.reason === reason} disabled={off} data-testid={`offer-reason-${reason}`} onClick={() => void say(result, reason)}>
              {t(`offer.reason.${reason}`)}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
