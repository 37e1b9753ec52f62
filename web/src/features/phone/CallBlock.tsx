import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { customerNumber, phone as phoneText } from '@/shared/format/phone'
import { secondsLeft, secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { useMe } from '@/shared/ui/may'
import { handedBy } from './handed'
import { NoCall, Remedy } from './NoCall'
import { usePhone } from './PhoneProvider'
import { RecordingChip } from './RecordingChip'
import { labelOf, talkOf, type Talk } from './talk'
import { lacksSound } from './useRejoin'

const tints: Record<string, string> = { ring: 'accent', hold: 'amber', wrapup: 'violet' }

/** This call: its timer, who it is, and what happens by itself if nothing is done. */
export function CallBlock({ call, onGo }: { call: InteractionDocument | null; onGo: (path: '/callbacks') => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const phone = usePhone()
  const me = useMe()

  if (!call) {
    return (
      <div className="call-block call-none">
        <NoCall onGo={onGo} />
      </div>
    )
  }

  const left = call.until ? secondsLeft(call.until, now) : null
  const talk = talkOf(call, me.id)
  const number = phoneText(customerNumber(call))
  const name = call.customer?.name ?? (call.match === 'several' ? t('customer.unidentified') : call.match === 'new' ? t('customer.stranger') : number)
  const answered = call.answered_at ?? call.state_since
  const since = timer(secondsSince(call.state_since, now))
  const total = t('call.total', { time: timer(secondsSince(call.started_at, now)) })
  let time = timer(secondsSince(answered, now))
  let timeTone = 'accent'
  let second: string
  if (call.state === 'ring') {
    time = since
    second = handedText(call, me.number, t) ?? [number, call.queue?.name].filter(Boolean).join(' · ')
  } else if (call.state === 'wrapup') {
    time = left === null ? since : timer(left)
    timeTone = left !== null && left <= 10 ? 'amber' : 'violet'
    second = t('call.wrapupLeft')
  } else if (call.state === 'hold') {
    timeTone = 'amber'
    second = `${t('call.holding', { time: since })} · ${total}`
  } else if (talk.consulting) second = total
  else if (call.state === 'conference') second = [t('softphone.withOthers', { count: (call.participants ?? []).length }), ...talk.others.map(labelOf), total].join(' · ')
  else if (call.state === 'consult' || call.state === 'dial') second = `${t(`state.${call.state}`)} ${since} · ${total}`
  else second = total

  return (
    <div className={`call-block tint-${tints[call.state] ?? 'none'}`} data-testid="call-block" data-state={call.state}>
      <span className={`call-timer text-${timeTone}`}>{time}</span>
      <span className="call-words">
        <span className="call-top">
          <b className="ellipsis">{name}</b>
          <CustomerClass value={call.customer?.class} short />
          {talk.aside && <span className="call-waits">{t('softphone.customerWaits')} {since}</span>}
          {call.recording && call.state !== 'wrapup' && <RecordingChip call={call} />}
          {call.state === 'ring' && left !== null && <span className="call-left">{t('call.ringLeft', { count: left })}</span>}
        </span>
        <CallSecond call={call} text={second} talk={talk} silent={lacksSound(phone.state, phone.seat, call)} />
      </span>
    </div>
  )
}

function handedText(call: InteractionDocument, me: string | null, t: ReturnType<typeof useTranslation>['t']): string | null {
  const handed = handedBy(call, me)
  if (!handed) return null
  const { by, note, how } = handed
  return t(`softphone.${how === 'asked' ? 'askedBy' : 'handedBy'}${note ? '' : 'Only'}`, { by, note })
}

/** The second line; what is wrong with the sound goes before figures, and who is asked before the total. */
function CallSecond({ call, text, talk, silent }: { call: InteractionDocument; text: string; talk: Talk; silent: boolean }) {
  const { t } = useTranslation()
  const { state, seat, takeOver, rejoin, vain } = usePhone()
  const me = useMe()
  if (seat === 'browser' && call.state !== 'wrapup') {
    if (state.owner === 'other') return <Remedy text={t('phone.inOtherTab')} action={t('phone.takeOver')} onClick={takeOver} />
    if (state.microphone === 'denied') return <Remedy text={t('phone.microphoneDenied')} />
    if (state.microphone === 'missing') return <Remedy text={t('phone.microphoneMissing')} />
    if (silent && (vain === call.id || state.known.includes(call.id))) {
      return <Remedy text={t('phone.noSound')} action={t('phone.rejoin')} onClick={rejoin} />
    }
    if (silent) return <span className="call-second text-amber">{t('phone.rejoining')}</span>
    if (state.call?.poor) {
      return (
        <span className="call-second text-amber ellipsis" role="status" title={t('phone.poorHint')} data-testid="poor-link">
          <Icon name="signal" size={14} /> {t('phone.poor')}
        </span>
      )
    }
  }
  const { tenants, tenant } = me
  return (
    <span className="call-second ellipsis" title={call.state === 'ring' ? text : undefined} data-testid="call-second">
      {(tenants.length > 1 || call.tenant.id !== tenant.id) && <b className="text-accent">{call.tenant.name} · </b>}
      {talk.consulting && <Asked call={call} talk={talk} />}
      {text}
    </span>
  )
}

/** The other party of a consultation, with how long they ring, speak or wait. */
function Asked({ call, talk }: { call: InteractionDocument; talk: Talk }) {
  const { t } = useTranslation()
  const now = useNow()
  const { asked, aside, answered } = talk
  if (!asked) return <b className="text-accent">{t('softphone.finding', { time: timer(secondsSince(call.state_since, now)) })} · </b>
  const time = timer(secondsSince(asked.since, now))
  const name = asked.role === 'third' ? phoneText(asked.number) : labelOf(asked)
  return (
    <b className={aside ? 'text-accent' : 'text-amber'} data-testid="asked" data-state={asked.state}>
      {name} {t(`softphone.${!answered ? 'rings' : aside ? 'speaks' : 'waits'}`, { time })} ·{' '}
    </b>
  )
}
