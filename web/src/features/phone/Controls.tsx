import { Popover, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { useHotkey } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { slots, type Slot } from './controls'
import { Keypad } from './Keypad'
import { usePhone } from './PhoneProvider'

const looks: Record<Slot, { icon: IconName; key?: string }> = {
  answer: { icon: 'phone', key: 'F2' },
  hold: { icon: 'pause', key: 'F4' },
  mute: { icon: 'mic', key: 'F8' },
  transfer: { icon: 'transfer' },
  consult: { icon: 'consult' },
  conference: { icon: 'people' },
  keypad: { icon: 'keypad' },
  hangup: { icon: 'hangup', key: 'Shift F2' },
}

/** Eight fixed slots: dimmed when they do not apply, never moved and never removed. */
export function Controls({ call }: { call: InteractionDocument | null }) {
  const { t } = useTranslation()
  const phone = usePhone()
  const [keypad, setKeypad] = useState(false)
  const muted = phone.state.call?.muted ?? false
  const held = call?.state === 'hold'
  const ringing = call?.state === 'ring' || phone.state.call?.phase === 'incoming'
  const answering = phone.state.call?.phase === 'answering'
  const keypadOpen = keypad && phone.controls.keypad.enabled

  useHotkey('F2', phone.answer)
  useHotkey('Shift+F2', phone.hangup)
  useHotkey('F4', phone.toggleHold)
  useHotkey('F8', phone.toggleMute)

  const words: Record<Slot, string> = {
    answer: t(answering ? 'phone.answering' : 'phone.answer'),
    hold: t(held ? 'phone.retrieve' : 'phone.hold'),
    mute: t(muted ? 'phone.unmute' : 'phone.mute'),
    transfer: t('phone.transfer'),
    consult: t('phone.consult'),
    conference: t('phone.conference'),
    keypad: t('phone.keypad'),
    hangup: t(ringing ? 'phone.reject' : 'phone.hangup'),
  }
  const acts: Partial<Record<Slot, () => void>> = {
    answer: phone.answer,
    hold: phone.toggleHold,
    mute: phone.toggleMute,
    keypad: () => setKeypad((open) => !open),
    hangup: phone.hangup,
  }

  return (
    <div className="controls" role="toolbar" aria-label={t('phone.controls')}>
      {slots.map((slot) => {
        const { enabled, hint } = phone.controls[slot]
        const wide = slot === 'answer' || slot === 'hangup'
        const pressed = slot === 'hold' ? held : slot === 'mute' ? muted : slot === 'keypad' ? keypadOpen : undefined
        const icon: IconName = slot === 'mute' && muted ? 'micOff' : slot === 'hold' && held ? 'play' : looks[slot].icon
        const title = hint ? `${words[slot]} · ${t(hint)}` : [words[slot], looks[slot].key].filter(Boolean).join('  ')
        const button = (
          <button
            type="button"
            className={`control ${wide ? 'control-wide' : ''} control-${slot} ${slot === 'hangup' && ringing ? 'control-reject' : ''}`}
            data-testid={`phone-${slot}`}
            aria-disabled={!enabled}
            aria-pressed={pressed}
            aria-keyshortcuts={looks[slot].key?.replace(' ', '+')}
            onClick={() => {
              if (enabled) acts[slot]?.()
            }}
          >
            <Icon name={icon} size={wide ? 18 : 20} />
            <span>{words[slot]}</span>
          </button>
        )
        if (slot === 'keypad') {
          return (
            <Popover
              key={slot}
              open={keypadOpen}
              onOpenChange={(open) => !open && setKeypad(false)}
              trigger={['click']}
              placement="bottom"
              content={<Keypad onDigit={phone.digit} onClose={() => setKeypad(false)} />}
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
