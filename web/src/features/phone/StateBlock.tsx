import { Dropdown, type MenuProps } from 'antd'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'

import type { AgentDocument, Person, Seat } from '@/shared/api/types'
import { useLink } from '@/shared/live/store'
import { setPrefs, usePrefs } from '@/shared/prefs/prefs'
import { secondsLeft, secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { agentLook } from '@/shared/ui/agentState'
import { Icon } from '@/shared/ui/Icon'
import { openPhoneDialog } from './dialogs'
import { usePhone } from './PhoneProvider'
import { useReasons } from './reasons'
import { useSeat, type SeatDocument } from './seat'
import { useSetState } from './useSetState'

interface Props {
  person: Person
  agent: AgentDocument | null
  onSignOut: () => void
}

/** Who I am, what I do and for how long; opens the menu of states. */
export function StateBlock({ person, agent, onSignOut }: Props) {
  const { t } = useTranslation()
  const { seat, state: phone } = usePhone()
  const now = useNow()
  const link = useLink().status
  const online = link === 'online'
  const { put, pending } = useSetState()
  const { relayOnly } = usePrefs()
  const reasons = useReasons()
  const place = useSeat(person.id)
  const block = useRef<HTMLButtonElement>(null)

  const state = agent?.state ?? 'offline'
  const cut = !online && link !== 'recovering' && agent !== null
  const look = cut ? { tone: 'red' as const, icon: 'octagon' as const } : agentLook[state]
  const inCall = state === 'ringing' || state === 'talking' || state === 'hold' || state === 'consult'
  const shut = !online || pending
  const reachable = phone.registration === 'registered' || agent?.registered[seat] === true
  const unreachable = !inCall && state !== 'wrapup' && !reachable

  const chooseSeat = (chosen: Seat) => {
    setPrefs({ seat: chosen })
    if (agent && (state === 'ready' || state === 'busy')) {
      void put({ state, reason: agent.reason || undefined, seat: chosen })
    }
  }

  const entry = (icon: Parameters<typeof Icon>[0]['name'], tone: string, text: string) => (
    <span className={`menu-line text-${tone}`}>
      <Icon name={icon} />
      <span>{text}</span>
    </span>
  )
  const items: MenuProps['items'] = [
    ...(inCall ? [{ key: 'after', disabled: true, label: <span className="menu-note">{t('agent.afterCall')}</span> }] : []),
    {
      key: 'ready',
      disabled: shut || unreachable,
      label: entry('checkCircle', 'ok', unreachable ? `${t('agent.ready')} · ${t(`seat.unregistered.${seat}`)}` : t('agent.ready')),
    },
    { type: 'divider' },
    ...reasons.codes.map((reason) => ({
      key: `busy:${reason}`,
      disabled: shut,
      label: entry('minusCircle', 'amber', `${t('agent.busy')} · ${reasons.name(reason)}`),
    })),
    { type: 'divider' },
    { key: 'offline', disabled: shut, label: entry('circle', 'neutral', t('agent.offline')) },
    { type: 'divider' },
    {
      type: 'group',
      label: t('seat.title'),
      children: (['browser', 'phone'] as const).map((one) => ({
        key: `seat:${one}`,
        disabled: shut || inCall || state === 'wrapup',
        label: (
          <span className="menu-line menu-seat" data-testid={`seat-${one}`}>
            <Icon name={one === 'browser' ? 'headset' : 'phone'} />
            <span>{t(`seat.${one}`)}</span>
            {seat === one && <Icon name="check" className="text-accent" />}
          </span>
        ),
      })),
    },
    ...(seat === 'browser' && (phone.relays || relayOnly)
      ? [
          {
            key: 'relay',
            disabled: inCall,
            label: (
              <span className="menu-line menu-seat" data-testid="relay-only">
                <Icon name="server" />
                <span>{t('seat.relayOnly')}</span>
                {relayOnly && <Icon name="check" className="text-accent" />}
              </span>
            ),
          },
        ]
      : []),
    {
      key: 'check',
      label: (
        <span className="menu-line menu-seat" data-testid="open-check">
          <Icon name="signal" />
          <span>{t('softphone.check.open')}</span>
        </span>
      ),
    },
    { type: 'divider' },
    { key: 'signout', disabled: inCall, label: entry('exit', 'plain', t('session.signOut')) },
  ]
  const choose: MenuProps['onClick'] = ({ key }) => {
    // The menu closes: the focus goes back to where it came from.
    block.current?.focus()
    const [kind, value] = key.split(':')
    if (key === 'signout') onSignOut()
    else if (key === 'check') openPhoneDialog('check')
    else if (key === 'relay') setPrefs({ relayOnly: !relayOnly })
    else if (kind === 'seat') chooseSeat(value as Seat)
    else if (kind === 'busy') void put({ state: 'busy', reason: value, seat })
    else if (kind === 'ready' || kind === 'offline') void put({ state: kind, seat })
  }

  const wordOf = (one: string, reason: string) => (one === 'busy' && reason ? `${t('agent.busy')} · ${reasons.name(reason)}` : t(`agent.${one}`))
  const word = wordOf(state, agent?.reason ?? '')
  const notice = agent && !cut ? seatNotice(place, t) : null
  const elapsed = agent && state !== 'offline' ? timer(secondsSince(agent.since, now)) : ''
  const countdown = state === 'wrapup' && agent?.until ? timer(secondsLeft(agent.until, now)) : null

  return (
    <Dropdown menu={{ items, onClick: choose }} trigger={['click']} autoFocus placement="bottomLeft">
      <button ref={block} type="button" className="state-block" data-testid="agent-state" data-state={state}>
        <span className="unseen">{t('agent.mine')}</span>
        <span className={`state-icon solid-${look.tone}`}>
          <Icon name={look.icon} size={20} />
        </span>
        <span className="state-words">
          <span className="state-top">
            <b className="ellipsis">{cut ? t('agent.cut') : word}</b>
            <span className="state-time">{countdown ?? elapsed}</span>
            <Icon name="chevronDown" size={14} className="muted" />
          </span>
          <span className={`state-who ellipsis ${notice ? `text-${notice.tone}` : ''}`} data-testid="state-who" title={notice?.text}>
            {notice
              ? notice.text
              : agent?.pending
              ? t(agent.forced ? 'agent.pendingForced' : 'agent.pending', { state: wordOf(agent.pending.state, agent.pending.reason) })
              : agent?.forced && !inCall && state !== 'wrapup'
              ? t('agent.forced')
              : `${person.name} ${person.number ?? ''} · ${t(`seat.short.${seat}`)}`}
          </span>
        </span>
      </button>
    </Dropdown>
  )
}

/** What is wrong with the place one works at; a seat that is gone keeps calls away. */
function seatNotice(place: SeatDocument | null, t: ReturnType<typeof useTranslation>['t']): { tone: 'red' | 'amber'; text: string } | null {
  if (place?.lost) return { tone: 'red', text: t(`seat.lost.${place.lost.seat}`) }
  if (place?.instead_of) return { tone: 'amber', text: t(`seat.insteadOf.${place.instead_of}`) }
  return null
}
