import { useTranslation } from 'react-i18next'

import { actWords } from '@/features/phone/controls'
import { usePhone } from '@/features/phone/PhoneProvider'
import type { InteractionDocument, Person } from '@/shared/api/types'
import { type ActionId, keyText, useKeysOf } from '@/shared/keys/actions'
import { type PlaceKeys, useKeysHere } from '@/shared/keys/placeKeys'
import { useLink } from '@/shared/live/store'
import { usePrefs } from '@/shared/prefs/prefs'
import { weekdayTime } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { Keycap } from '@/shared/ui/parts'
import { useMedia } from '@/shared/ui/useMedia'
import { Bell } from './Bell'
import { TenantSwitch } from './TenantSwitch'

type Entry = [key: string, name: string]

/** The five or six keys that work now, as they are set. */
function keysNow(call: InteractionDocument | null, selected: InteractionDocument | null, phone: ReturnType<typeof usePhone>, of: (id: ActionId) => string, here: PlaceKeys): Entry[] {
  const { controls } = phone
  const ringing = call?.state === 'ring'
  const keys: Entry[] = []
  const add = (id: ActionId, name: string) => keys.push([keyText(of(id)), name])
  if (controls.answer.enabled) add('answer', 'phone.answer')
  if (controls.hold.enabled) add('hold', actWords[controls.hold.act])
  if (controls.mute.enabled) add('mute', phone.state.call?.muted ? 'phone.unmute' : 'phone.mute')
  // While somebody is asked, what comes of it is wanted sooner than the rest.
  if (controls.transfer.enabled && controls.transfer.act !== 'transfer') add('transfer', actWords[controls.transfer.act])
  if (controls.consult.enabled) add('consult', actWords[controls.consult.act])
  if (controls.conference.enabled) add('conference', actWords[controls.conference.act])
  if (controls.hangup.enabled) add('hangup', ringing ? 'phone.reject' : 'phone.hangup')
  if (selected?.state === 'wrapup') add('submit', 'wrapup.submit')
  for (const [key, name] of here) keys.push([key, name])
  if (selected && here.length === 0) {
    if (!selected.customer && selected.candidates.length > 1) keys.push([`1–${Math.min(9, selected.candidates.length)}`, 'keys.candidate'])
    keys.push(['Alt 1–9', 'keys.tab'])
    add('business', 'strip.business')
    add('note', 'keys.note')
  }
  add('palette', 'keys.palette')
  if (!selected) add('region', 'keys.region')
  return [...keys.slice(0, 6), [keyText(of('help')), 'keys.all']]
}

interface Props {
  call: InteractionDocument | null
  selected: InteractionDocument | null
  works: boolean
  person: Person
  onHelp: () => void
}

export function Footer({ call, selected, works, person, onHelp }: Props) {
  const { t } = useTranslation()
  const phone = usePhone()
  const of = useKeysOf()
  const here = useKeysHere()
  // There the phone bar has no room for it.
  const narrow = useMedia('(width < 1300px)')
  return (
    <footer className="footer">
      <span className="footer-keys">
        {keysNow(call, selected, phone, of, here).map(([key, name]) =>
          name === 'keys.all' ? (
            <button key={key} type="button" className="footer-key" onClick={onHelp}>
              <Keycap>{key}</Keycap> {t(name)}
            </button>
          ) : (
            <span key={key} className="footer-key">
              <Keycap>{key}</Keycap> {t(name)}
            </span>
          ),
        )}
      </span>
      <span className="footer-facts">
        {works && <TenantSwitch person={person} className="footer-tenant" />}
        {works && <Registration />}
        <LinkState />
        <Clock />
        {works && narrow && <Bell className="footer-bell" />}
      </span>
    </footer>
  )
}

function Registration() {
  const { t } = useTranslation()
  const { state, seat } = usePhone()
  if (seat === 'phone') return <Fact icon="phone" text={t('seat.phone')} />
  if (state.owner === 'other') return <Fact icon="triangle" tone="amber" text={t('phone.otherTab')} />
  const registered = state.registration === 'registered'
  const microphone = state.microphone === 'denied' || state.microphone === 'missing'
  return (
    <>
      {microphone && (
        <Fact icon="micOff" tone="amber" text={t(state.microphone === 'denied' ? 'phone.microphoneDeniedShort' : 'phone.microphoneMissingShort')} />
      )}
      {!microphone && state.device && <Fact icon="mic" text={state.device} className="footer-device" />}
      <span data-testid="phone-registered" data-registered={registered} data-state={state.registration}>
        <Fact
          icon={registered ? 'headset' : 'octagon'}
          tone={registered ? undefined : state.registration === 'failed' ? 'red' : 'amber'}
          text={t(`phone.registration.${state.registration}`)}
        />
      </span>
    </>
  )
}

function LinkState() {
  const { t } = useTranslation()
  const { status } = useLink()
  const look: Record<typeof status, { icon: IconName; tone: string }> = {
    online: { icon: 'checkCircle', tone: 'ok' },
    connecting: { icon: 'clock', tone: 'amber' },
    offline: { icon: 'octagon', tone: 'red' },
    recovering: { icon: 'triangle', tone: 'amber' },
  }
  return <Fact icon={look[status].icon} tone={look[status].tone} text={t(`link.${status}`)} testId="link-state" />
}

function Clock() {
  const now = useNow()
  const { language } = usePrefs()
  return <span className="footer-clock">{weekdayTime(now, language)}</span>
}

function Fact({ icon, text, tone, className = '', testId }: { icon: IconName; text: string; tone?: string; className?: string; testId?: string }) {
  return (
    <span className={`fact ${tone ? `text-${tone}` : ''} ${className}`} title={text} data-testid={testId}>
      <Icon name={icon} size={14} />
      <span className="ellipsis">{text}</span>
    </span>
  )
}
