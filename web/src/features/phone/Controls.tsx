import { Popover, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { keyText, useAction, useKeysOf } from '@/shared/keys/actions'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { actWords, slots, type Act, type Slot } from './controls'
import { openPhoneDialog } from './dialogs'
import { Keypad } from './Keypad'
import { Members } from './Members'
import { usePhone } from './PhoneProvider'

const icons: Record<Act, IconName> = {
  answer: 'phone',
  hold: 'pause',
  retrieve: 'play',
  alternate: 'swap',
  mute: 'mic',
  transfer: 'transfer',
  complete: 'check',
  leave: 'exit',
  consult: 'consult',
  cancel: 'undo',
  conference: 'people',
  join: 'merge',
  people: 'people',
  keypad: 'keypad',
  hangup: 'hangup',
}
const byKey: readonly Slot[] = ['answer', 'hold', 'mute', 'transfer', 'consult', 'conference', 'hangup']

/** Eight fixed slots: dimmed when they do not apply, never moved and never removed. */
export function Controls({ call }: { call: InteractionDocument | null }) {
  const { t } = useTranslation()
  const phone = usePhone()
  const [layer, setLayer] = useState<'keypad' | 'people' | null>(null)
  const { controls } = phone
  const keysOf = useKeysOf()
  const muted = phone.state.call?.muted ?? false
  const ringing = call?.state === 'ring' || phone.state.call?.phase === 'incoming'
  const answering = phone.state.call?.phase === 'answering'
  const toggle = (one: 'keypad' | 'people') => setLayer((open) => (open === one ? null : one))

  // What is opened for a call closes with it; the next one begins without.
  if (layer !== null && !slots.some((slot) => controls[slot].act === layer && controls[slot].enabled)) setLayer(null)

  const press = (slot: Slot) => {
    const { enabled, act } = controls[slot]
    if (!enabled) return
    if (act === 'transfer' || act === 'consult') openPhoneDialog('directory')
    else if (act === 'keypad' || act === 'people') toggle(act)
    else phone.act(act)
  }
  useAction('answer', () => press('answer'))
  useAction('hangup', () => press('hangup'))
  useAction('hold', () => press('hold'))
  useAction('mute', () => press('mute'))
  useAction('consult', () => (call === null && phone.state.call === null ? openPhoneDialog('dial') : press('consult')))
  useAction('transfer', () => press('transfer'))
  useAction('conference', () => press('conference'))

  const wordOf = (slot: Slot, act: Act): string => {
    if (slot === 'answer' && answering) return t('phone.answering')
    if (slot === 'mute' && muted) return t('phone.unmute')
    if (slot === 'hangup' && ringing) return t('phone.reject')
    return t(actWords[act])
  }

  return (
    <div className="controls" role="toolbar" aria-label={t('phone.controls')}>
      {slots.map((slot) => {
        const { enabled, hint, act } = controls[slot]
        const word = wordOf(slot, act)
        const keys = byKey.includes(slot) ? keysOf(slot as Exclude<Slot, 'keypad'>) : ''
        const wide = slot === 'answer' || slot === 'hangup'
        const opens = act === 'keypad' || act === 'people' ? act : null
        const open = opens !== null && layer === opens && enabled
        const pressed = slot === 'hold' ? act === 'retrieve' : slot === 'mute' ? muted : opens ? open : undefined
        const icon: IconName = slot === 'mute' && muted ? 'micOff' : icons[act]
        const title = hint ? `${word} · ${t(hint)}` : [word, keyText(keys)].filter(Boolean).join('  ')
        const button = (
          <button
            type="button"
            className={`control ${wide ? 'control-wide' : ''} control-${slot} ${slot === 'hangup' && ringing ? 'control-reject' : ''}`}
            data-testid={`phone-${slot}`}
            data-act={act}
            aria-disabled={!enabled}
            aria-pressed={pressed}
            aria-keyshortcuts={keys || undefined}
            onClick={() => press(slot)}
          >
            <Icon name={icon} size={wide ? 18 : 20} />
            <span>{word}</span>
          </button>
        )
        if (opens) {
          const close = () => setLayer(null)
          return (
            <Popover
              key={slot}
              open={open}
              destroyOnHidden
              onOpenChange={(wanted) => !wanted && close()}
              trigger={['click']}
              placement="bottom"
              content={opens === 'keypad' ? <Keypad onDigit={phone.digit} onClose={close} /> : call && <Members call={call} onLeave={() => phone.act('leave')} onClose={close} />}
            >
              {button}
            </Popover>
          )
        }
        return (
          <Tooltip key={slot} title={title} mouseEnterDelay={0.5}>
            {button}
          </Tooltip>
        )
      })}
    </div>
  )
}
