import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { customerNumber, phone as phoneText } from '@/shared/format/phone'
import { secondsLeft, secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { useMe } from '@/shared/ui/may'
import { usePhone } from './PhoneProvider'
import { RecordingChip } from './RecordingChip'
import { lacksSound } from './useRejoin'

const tints: Record<string, string> = { ring: 'accent', hold: 'amber', wrapup: 'violet' }

/** This call: its timer, who it is, and what happens by itself if nothing is done. */
export function CallBlock({ call }: { call: InteractionDocument | null }) {
  const { t } = useTranslation()
  const now = useNow()
  const phone = usePhone()

  if (!call) {
    return (
      <div className="call-block call-none">
        <NoCall />
      </div>
    )
  }

  const left = call.until ? secondsLeft(call.until, now) : null
  const number = phoneText(customerNumber(call))
  const name = call.customer?.name ?? (call.match === 'several' ? t('customer.unidentified') : call.match === 'new' ? t('customer.stranger') : number)
  const answered = call.answered_at ?? call.state_since
  let time = timer(secondsSince(answered, now))
  let timeTone = 'accent'
  let second: string
  if (call.state === 'ring') {
    time = timer(secondsSince(call.state_since, now))
    second = [number, call.queue?.name].filter(Boolean).join(' · ')
  } else if (call.state === 'wrapup') {
    time = left === null ? timer(secondsSince(call.state_since, now)) : timer(left)
    timeTone = left !== null && left <= 10 ? 'amber' : 'violet'
    second = t('call.wrapupLeft')
  } else {
    if (call.state === 'hold') timeTone = 'amber'
    const total = t('call.total', { time: timer(secondsSince(call.started_at, now)) })
    const since = timer(secondsSince(call.state_since, now))
    if (call.state === 'hold') second = `${t('call.holding', { time: since })} · ${total}`
    else if (call.state === 'consult' || call.state === 'conference' || call.state === 'dial') second = `${t(`state.${call.state}`)} ${since} · ${total}`
    else second = total
  }

  return (
    <div className={`call-block tint-${tints[call.state] ?? 'none'}`} data-testid="call-block" data-state={call.state}>
      <span className={`call-timer text-${timeTone}`}>{time}</span>
      <span className="call-words">
        <span className="call-top">
          <b className="ellipsis">{name}</b>
          <CustomerClass value={call.customer?.class} short />
          {call.recording && call.state !== 'wrapup' && <RecordingChip call={call} />}
          {call.state === 'ring' && left !== null && <span className="call-left">{t('call.ringLeft', { count: left })}</span>}
        </span>
        <CallSecond call={call} text={second} silent={lacksSound(phone.state, phone.seat, call)} />
      </span>
    </div>
  )
}

/** The second line; what is wrong with the sound goes before figures. */
function CallSecond({ call, text, silent }: { call: InteractionDocument; text: string; silent: boolean }) {
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
    <span className="call-second ellipsis">
      {(tenants.length > 1 || call.tenant.id !== tenant.id) && <b className="text-accent">{call.tenant.name} · </b>}
      {text}
    </span>
  )
}

function Remedy({ text, action, onClick }: { text: string; action?: string; onClick?: () => void }) {
  return (
    <span className="call-second text-amber ellipsis" title={text}>
      {text}
      {action && (
        <button type="button" className="link" onClick={onClick}>
          {action}
        </button>
      )}
    </span>
  )
}

function NoCall() {
  const { t } = useTranslation()
  const { state, seat, takeOver } = usePhone()
  if (seat === 'browser' && state.owner === 'other') {
    return (
      <span className="call-words">
        <b className="ellipsis">{t('phone.inOtherTab')}</b>
        <button type="button" className="link call-second" data-testid="phone-takeover" onClick={takeOver}>
          {t('phone.takeOverHere')}
        </button>
      </span>
    )
  }
  // Better said before a customer rings than while one does.
  if (seat === 'browser' && state.microphone === 'denied') return <Remedy text={t('phone.microphoneDenied')} />
  if (seat === 'browser' && state.microphone === 'missing') return <Remedy text={t('phone.microphoneMissing')} />
  return <span className="call-second">{t('call.none')}</span>
}
