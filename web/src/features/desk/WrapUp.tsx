import { Button, Input } from 'antd'
import { useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { apiOf } from '@/shared/api/client'
import type { InteractionDocument } from '@/shared/api/types'
import { useHotkey } from '@/shared/keys/keys'
import { useLink } from '@/shared/live/store'
import { useDraft } from '@/shared/prefs/drafts'
import { secondsLeft, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Keycap } from '@/shared/ui/parts'

/** What a contact was about. Codes are kept with the interaction; the words are `disposition.<code>`. */
export const dispositions = ['inquiry', 'billing', 'fault', 'complaint', 'business', 'followup', 'wrong_number', 'other'] as const

/** 话后: below the page the agent was in, which stays as it is. At the end of the count the centre closes it. */
export function WrapUp({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const now = useNow()
  const online = useLink().status === 'online'
  const draft = useDraft(`wrapup.${interaction.id}`, { disposition: '', note: '' })
  const { disposition, note } = draft.value
  const [missing, setMissing] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const [sending, setSending] = useState(false)
  const left = interaction.until ? secondsLeft(interaction.until, now) : null

  const submit = async () => {
    if (sending || !online) return
    if (!disposition) {
      setMissing(true)
      return
    }
    setSending(true)
    setProblem(null)
    try {
      await apiOf(interaction).post(`/interactions/${interaction.id}/wrapup`, { disposition, note: note.trim() })
      draft.clear()
    } catch (error) {
      setProblem(error)
      setSending(false)
    }
  }
  useHotkey('Ctrl+Enter', () => void submit())

  const choose = (code: string) => {
    setMissing(false)
    draft.set({ disposition: code, note })
  }
  // As in every group of radio buttons: one stop of the Tab key, the arrows choose.
  const step = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!by || event.altKey || event.ctrlKey) return
    event.preventDefault()
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=radio]')]
    const index = (buttons.indexOf(document.activeElement as HTMLElement) + by + buttons.length) % buttons.length
    buttons[index]?.focus()
    choose(dispositions[index] ?? '')
  }

  return (
    <section className="wrapup" data-testid="wrapup-form" data-region="wrapup" aria-label={t('wrapup.title')}>
      <h2 className="wrapup-head">
        <Icon name="pen" />
        <span>{t('wrapup.title')}</span>
        {left !== null && (
          <span className={`wrapup-left ${left <= 10 ? 'text-amber' : ''}`}>{t('wrapup.left', { time: timer(left) })}</span>
        )}
      </h2>
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- the choice within has the focus */}
      <div className="wrapup-choice" role="radiogroup" aria-label={t('wrapup.disposition')} onKeyDown={step}>
        <span className="wrapup-label">{t('wrapup.disposition')} *</span>
        {dispositions.map((code) => (
          <button
            key={code}
            type="button"
            role="radio"
            className="choice"
            aria-checked={disposition === code}
            tabIndex={code === (disposition || dispositions[0]) ? 0 : -1}
            data-testid={`disposition-${code}`}
            onClick={() => choose(code)}
          >
            {disposition === code && <Icon name="check" size={14} />}
            {t(`disposition.${code}`)}
          </button>
        ))}
        {missing && <ErrorLine>{t('wrapup.missing')}</ErrorLine>}
      </div>
      {problem !== null && <ErrorLine problem={problem} />}
      <div className="wrapup-end">
        <Input.TextArea
          value={note}
          rows={2}
          maxLength={2000}
          placeholder={t('wrapup.note')}
          aria-label={t('wrapup.note')}
          data-testid="wrapup-note"
          onChange={(event) => draft.set({ disposition, note: event.target.value })}
        />
        <Button type="primary" loading={sending} disabled={!online} data-testid="wrapup-submit" onClick={() => void submit()}>
          {t('wrapup.submit')} <Keycap>Ctrl Enter</Keycap>
        </Button>
      </div>
    </section>
  )
}
