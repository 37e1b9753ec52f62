import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAll } from '@/shared/api/lists'
import { dialable, phone } from '@/shared/format/phone'
import { problemText } from '@/shared/i18n'
import { composing } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { ErrorLine, Keycap } from '@/shared/ui/parts'
import { called, remember } from './redial'
import './directory.css'

/** 呼出: a number, which of ours they see, and those called before. My phone is called first, then theirs. */
export function Dial({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [shown, setShown] = useState('')
  const [at, setAt] = useState(-1)
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  const [before] = useState(called)
  const field = useRef<HTMLInputElement>(null)
  const { rows: numbers } = useAll<{ number: string }>('/access-numbers', useMay()('queues.read'))
  useLayoutEffect(() => {
    const focused = document.activeElement
    field.current?.focus()
    return () => {
      if (focused instanceof HTMLElement && focused.isConnected) focused.focus()
    }
  }, [])
  const call = async (wanted: string) => {
    const number = dialable(wanted)
    if (busy) return
    if (number.length < 3) {
      setRefused(t('softphone.dial.missing'))
      return
    }
    setBusy(true)
    setRefused(null)
    try {
      await api.post('/calls', { number, ...(shown ? { caller_number: shown } : {}) })
      remember(number)
      onClose()
    } catch (problem) {
      setRefused(t('softphone.dial.failed', { why: problemText(problem, t) }))
      setBusy(false)
    }
  }
  const onKey = (event: KeyboardEvent) => {
    if (composing(event.nativeEvent)) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      onClose()
    } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault()
      void call(text)
    } else if (step && event.target instanceof HTMLInputElement && before.length > 0) {
      event.preventDefault()
      const next = (at + step + before.length) % before.length
      setAt(next)
      setText(before[next] ?? '')
    }
  }
  return (
    <div className="palette-ground" role="presentation" onMouseDown={(event) => event.target === event.currentTarget && onClose()}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the fields inside */}
      <div className="palette directory dial" role="dialog" aria-modal="true" aria-label={t('softphone.dial.title')} data-testid="dial" onKeyDown={onKey}>
        <div className="palette-field">
          <Icon name="outgoing" className="muted" />
          <input
            ref={field}
            aria-label={t('softphone.dial.number')}
            placeholder={t('softphone.dial.number')}
            inputMode="tel"
            autoComplete="off"
            maxLength={40}
            value={text}
            data-testid="dial-field"
            onChange={(event) => {
              setText(event.target.value)
              setRefused(null)
            }}
          />
          <label className="dial-shown">
            <span className="muted">{t('softphone.dial.show')}</span>
            <select value={shown} data-testid="dial-shown" onChange={(event) => setShown(event.target.value)}>
              <option value="">{t('softphone.dial.standard')}</option>
              {numbers.map(({ number }) => (
                <option key={number} value={number}>
                  {phone(number)}
                </option>
              ))}
            </select>
          </label>
        </div>
        <div className="dial-before">
          <p className="palette-group">{before.length > 0 ? t('softphone.dial.recent') : t('softphone.dial.none')}</p>
          {before.map((number, place) => (
            <button key={number} type="button" className={`palette-entry dial-entry ${place === at ? 'dial-at' : ''}`} data-testid="redial" onClick={() => void call(number)}>
              <Icon name="outgoing" size={14} className="muted" />
              {phone(number)}
            </button>
          ))}
        </div>
        {refused && <ErrorLine>{refused}</ErrorLine>}
        <p className="palette-foot">
          <span>{t('softphone.dial.hint')}</span>
          <span className="directory-acts">
            <button type="button" className="directory-act directory-act-first" aria-disabled={busy} data-testid="dial-call" onClick={() => void call(text)}>
              <Icon name="phone" size={14} /> {t('softphone.dial.call')} <Keycap>Enter</Keycap>
            </button>
          </span>
        </p>
      </div>
    </div>
  )
}
