import { Popover, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { useHotkey } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { slots, type Act, type Slot } from './controls'
import { openPhoneDialog } from './dialogs'
import { Keypad } from './Keypad'
import { Members } from './Members'
import { usePhone } from './PhoneProvider'

const looks: Record<Act, { icon: IconName; word: string }> = {
  answer: { icon: 'phone', word: 'phone.answer' },
  hold: { icon: 'pause', word: 'phone.hold' },
  retrieve: { icon: 'play', word: 'phone.retrieve' },
  alternate: { icon: 'swap', word: 'softphone.alternate' },
  mute: { icon: 'mic', word: 'phone.mute' },
  transfer: { icon: 'transfer', word: 'phone.transfer' },
  complete: { icon: 'check', word: 'softphone.complete' },
  leave: { icon: 'exit', word: 'softphone.leave' },
  consult: { icon: 'consult', word: 'phone.consult' },
  cancel: { icon: 'undo', word: 'softphone.cancel' },
  conference: { icon: 'people', word: 'phone.conference' },
  join: { icon: 'merge', word: 'softphone.join' },
  people: { icon: 'people', word: 'softphone.people' },
  keypad: { icon: 'keypad', word: 'phone.keypad' },
  hangup: { icon: 'hangup', word: 'phone.hangup' },
}
const keys: Partial<Record<Slot, string>> = { answer: 'F2', hold: 'F4', mute: 'F8', transfer: 'Shift F9', consult: 'F9', conference: 'Shift F8', hangup: 'Shift F2' }

/** Eight fixed slots: dimmed when they do not apply, never moved and never removed. */
export function Controls({ call }: { call: InteractionDocument | null }) {
  const { t } = useTranslation()
  const phone = usePhone()
  const [layer, setLayer] = useState<'keypad' | 'people' | null>(null)
  const { controls } = phone
  const muted = phone.state.call?.muted ?? false
  const ringing = call?.state === 'ring' || phone.state.call?.phase === 'incoming'
  const answering = phone.state.call?.phase === 'answering'
  const toggle = (one: 'keypad' | 'people') => setLayer((open) => (open === one ? null : one))

  const press = (slot: Slot) => {
    const { enabled, act } = controls[slot]
    if (!enabled) return
    if (act === 'transfer' || act === 'consult') openPhoneDialog('directory')
    else if (act === 'keypad' || act === 'people') toggle(act)
    else phone.act(act)
  }
  useHotkey('F2', () => press('answer'))
  useHotkey('Shift+F2', () => press('hangup'))
  useHotkey('F4', () => press('hold'))
  useHotkey('F8', () => press('mute'))
  useHotkey('F9', () => (call === null && phone.state.call === null ? openPhoneDialog('dial') : press('consult')))
  useHotkey('Shift+F9', () => press('transfer'))
  useHotkey('Shift+F8', () => press('conference'))

  const wordOf = (slot: Slot, act: Act): string => {
    if (slot === 'answer' && answering) return t('phone.answering')
    if (slot === 'mute' && muted) return t('phone.unmute')
    if (slot === 'hangup' && ringing) return t('phone.reject')
    return t(looks[act].word)
  }

  return (
    <div className="controls" role="toolbar" aria-label={t('phone.controls')}>
      {slots.map((slot) => {
        const { enabled, hint, act } = controls[slot]
        const word = wordOf(slot, act)
        const wide = slot === 'answer' || slot === 'hangup'
        const opens = act === 'keypad' || act === 'people' ? act : null
        const open = opens !== null && layer === opens && enabled
        const pressed = slot === 'hold' ? act === 'retrieve' : slot === 'mute' ? muted : opens ? open : undefined
        const icon: IconName = slot === 'mute' && muted ? 'micOff' : looks[act].icon
        const title = hint ? `${word} · ${t(hint)}` : [word, keys[slot]].filter(Boolean).join('  ')
        const button = (
          <button
            type="button"
            className={`control ${wide ? 'control-wide' : ''} control-${slot} ${slot === 'hangup' && ringing ? 'control-reject' : ''}`}
            data-testid={`phone-${slot}`}
            data-act={act}
            aria-disabled={!enabled}
            aria-pressed={pressed}
            aria-keyshortcuts={keys[slot]?.replace(' ', '+')}
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
