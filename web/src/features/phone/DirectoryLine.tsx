import { useTranslation } from 'react-i18next'

import { phone } from '@/shared/format/phone'
import { secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { agentLook } from '@/shared/ui/agentState'
import { Icon } from '@/shared/ui/Icon'
import { Chip } from '@/shared/ui/parts'
import type { Colleague, DirectoryQueue, Entry } from './entries'
import { useReasons } from './reasons'

interface Props {
  id: string
  entry: Entry
  chosen: boolean
  onChoose: () => void
  onTake: () => void
}

/** A colleague with their state and since when, a queue with who is ready, or a number to dial. */
export function DirectoryLine({ id, entry, chosen, onChoose, onTake }: Props) {
  return (
    // The field keeps the focus and handles the keys (ARIA 1.2 combobox).
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      className="palette-entry directory-entry"
      data-testid="directory-entry"
      data-group={entry.group}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onChoose}
      onDoubleClick={onTake}
    >
      {entry.group === 'agents' ? <Person one={entry.colleague} /> : entry.group === 'queues' ? <QueueLine one={entry.queue} /> : <Outside number={entry.number} />}
    </div>
  )
}

function Person({ one }: { one: Colleague }) {
  const { t } = useTranslation()
  const now = useNow()
  const reasons = useReasons()
  const look = agentLook[one.state]
  const state = one.state === 'busy' && one.reason ? `${t('agent.busy')} · ${reasons.name(one.reason)}` : t(`agent.${one.state}`)
  return (
    <>
      <b className="directory-number">{one.number}</b>
      <span className="ellipsis">{one.name}</span>
      <span className="muted ellipsis directory-where">{[...one.groups, ...one.skills].join(' · ')}</span>
      <span className="directory-state">
        <Chip tone={look.tone} icon={look.icon}>
          {state}
        </Chip>
        <span className="directory-since">{one.since && one.state !== 'offline' ? timer(secondsSince(one.since, now)) : ''}</span>
      </span>
    </>
  )
}

function QueueLine({ one }: { one: DirectoryQueue }) {
  const { t } = useTranslation()
  return (
    <>
      <Icon name="people" className="muted directory-number" />
      <span className="ellipsis">{one.name}</span>
      <span className="muted directory-where">{one.code}</span>
      <span className="palette-note">
        <span className={one.ready > 0 ? 'text-ok' : ''}>{t('softphone.directory.ready', { count: one.ready })}</span>
        {one.waiting > 0 && <span className="text-amber"> · {t('softphone.directory.waiting', { count: one.waiting })}</span>}
      </span>
    </>
  )
}

function Outside({ number }: { number: string }) {
  const { t } = useTranslation()
  return (
    <>
      <Icon name="outgoing" className="muted directory-number" />
      <span>{t('softphone.directory.dial', { number: phone(number) })}</span>
    </>
  )
}
