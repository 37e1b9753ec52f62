import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
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
      await api.post(`/interactions/${interaction.id}/wrapup`, { disposition, note: note.trim() })
      draft.clear()
    } catch (error) {
      setProblem(error)
      setSending(false)
    }
  }
  useHotkey('Ctrl+Enter', () => void submit())

  return (
    <section className="wrapup" data-testid="wrapup-form" data-region="wrapup" aria-label={t('wrapup.title')}>
      <h2 className="wrapup-head">
        <Icon name="pen" />
        <span>{t('wrapup.title')}</span>
        {left !== null && (
          <span className={`wrapup-left ${left <= 10 ? 'text-amber' : ''}`}>{t('wrapup.left', { time: timer(left) })}</span>
        )}
      </h2>
      <div className="wrapup-choice" role="radiogroup" aria-label={t('wrapup.disposition')}>
        <span className="wrapup-label">{t('wrapup.disposition')} *</span>
        {dispositions.map((code) => (
          <button
            key={code}
            type="button"
            role="radio"
            className="choice"
            aria-checked={disposition === code}
            data-testid={`disposition-${code}`}
            onClick={() => {
              setMissing(false)
              draft.set({ disposition: code, note })
            }}
          >
            {disposition === code && <Icon name="check" size={14} />}
            {t(`disposition.${code}`)}
          </button>
        ))}
      </div>
      {missing && <ErrorLine>{t('wrapup.missing')}</ErrorLine>}
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
