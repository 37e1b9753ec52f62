import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { composing } from '@/shared/keys/keys'

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

/** Sends keys to the other side while talking; opened by hand, so it may take the focus. */
export function Keypad({ onDigit, onClose }: { onDigit: (digit: string) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [sent, setSent] = useState('')
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [])
  const send = (digit: string) => {
    onDigit(digit)
    setSent((before) => (before + digit).slice(-16))
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex -- a region that takes digit keys
    <div
      ref={box}
      className="keypad"
      role="group"
      tabIndex={0}
      aria-label={t('phone.keypad')}
      onKeyDown={(event) => {
        if (composing(event.nativeEvent)) return
        if (event.key === 'Escape') onClose()
        else if (digits.includes(event.key)) send(event.key)
      }}
    >
      <output className="keypad-sent">{sent || t('phone.keypadHint')}</output>
      {digits.map((digit) => (
        <button key={digit} type="button" onClick={() => send(digit)} data-testid={`digit-${digit}`}>
          {digit}
        </button>
      ))}
    </div>
  )
}
