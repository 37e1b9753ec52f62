import { Button, Input } from 'antd'
import { useMemo, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { apiOf } from '@/shared/api/client'
import { useChoices } from '@/shared/api/dispositions'
import type { Disposition } from '@/shared/api/queues'
import type { InteractionDocument } from '@/shared/api/types'
import { ActionKey } from '@/shared/keys/ActionKey'
import { useAction } from '@/shared/keys/actions'
import { composing, isEditable } from '@/shared/keys/keys'
import { useLink } from '@/shared/live/store'
import { useDraft } from '@/shared/prefs/drafts'
import { secondsLeft, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Keycap } from '@/shared/ui/parts'
import { NextSteps } from './NextSteps'
import { suggested } from './suggest'

/** One press makes the wrap-up longer by so much, as often as the queue allows. */
const longer_seconds = 60

/** 话后: below the page the agent was in, which stays as it is. At the end of the count the centre closes it. */
export function WrapUp({ interaction }: { interaction: InteractionDocument }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const online = useLink().status === 'online'
  const draft = useDraft(`wrapup.${interaction.id}`, { disposition: '', note: '' })
  const { disposition, note } = draft.value
  const [missing, setMissing] = useState<'disposition' | 'note' | null>(null)
  const { query, choices } = useChoices(interaction)
  // What was done tells what it was about; the agent's own word counts before it.
  const proposal = useMemo(() => suggested(choices, interaction), [choices, interaction])
  const chosen = choices.find(({ code }) => code === disposition) ?? proposal
  const above = chosen?.parent_id ? choices.find(({ id }) => id === chosen.parent_id) : chosen
  const below = above ? choices.filter(({ parent_id }) => parent_id === above.id) : []
  const [problem, setProblem] = useState<unknown>(null)
  const [sending, setSending] = useState(false)
  const left = interaction.until ? secondsLeft(interaction.until, now) : null

  const submit = async () => {
    if (sending || !online) return
    // A tenant without any, or a list that does not come, must not hold the agent in the wrap-up.
    const lacking = !chosen && choices.length > 0 ? 'disposition' : chosen?.needs_note && !note.trim() ? 'note' : null
    setMissing(lacking)
    if (lacking) return
    setSending(true)
    setProblem(null)
    try {
      await apiOf(interaction).post(`/interactions/${interaction.id}/wrapup`, { disposition: chosen?.code ?? null, note: note.trim() })
      draft.clear()
    } catch (error) {
      setProblem(error)
      setSending(false)
    }
  }
  const extend = async () => {
    setProblem(null)
    try {
      await apiOf(interaction).post(`/interactions/${interaction.id}/wrapup-extend`, { seconds: longer_seconds })
    } catch (error) {
      setProblem(error)
    }
  }
  useAction('submit', () => void submit())

  const choose = (code: string) => {
    setMissing(null)
    draft.set({ disposition: code, note })
  }
  const upper = choices.filter(({ parent_id }) => !parent_id)
  /** The digits are for what is to be decided next. */
  const numbered = below.length > 0 ? below : upper
  const onDigit = (event: KeyboardEvent) => {
    if (composing(event.nativeEvent) || event.ctrlKey || event.altKey || event.metaKey || isEditable(event.target) || !/^[1-9]$/.test(event.key)) return
    const wanted = numbered[Number(event.key) - 1]
    if (!wanted) return
    event.preventDefault()
    choose(wanted.code)
  }

  return (
    // Digits choose wherever in it the focus is, but in a field.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section className="wrapup" tabIndex={-1} data-testid="wrapup-form" data-region="wrapup" aria-label={t('wrapup.title')} onKeyDown={onDigit}>
      <h2 className="wrapup-head">
        <Icon name="pen" />
        <span>{t('wrapup.title')}</span>
        {left !== null && (
          <span className={`wrapup-left ${left <= 10 ? 'text-amber' : ''}`}>{t('wrapup.left', { time: timer(left) })}</span>
        )}
        {left !== null && (
          <button type="button" className="link" disabled={!online} data-testid="wrapup-extend" onClick={() => void extend()}>
            {t('wrapup.extend')}
          </button>
        )}
      </h2>
      <Choices label={t('wrapup.disposition')} required items={upper} numbered={numbered === upper} proposal={disposition ? undefined : above?.code} chosen={above?.code} english={i18n.language === 'en'} onChoose={choose} />
      {below.length > 0 && <Choices label={t('wrapup.detail')} items={below} numbered proposal={disposition ? undefined : chosen?.code} chosen={chosen?.code} english={i18n.language === 'en'} onChoose={choose} />}
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {missing === 'disposition' && <ErrorLine>{t('wrapup.missing')}</ErrorLine>}
      {missing === 'note' && <ErrorLine>{t('problem.note_needed')}</ErrorLine>}
      {problem !== null && <ErrorLine problem={problem} />}
      <NextSteps interaction={interaction} />
      <div className="wrapup-end">
        <Input.TextArea
          value={note}
          rows={2}
          maxLength={2000}
          placeholder={t(chosen?.needs_note ? 'wrapup.noteNeeded' : 'wrapup.note')}
          aria-label={t(chosen?.needs_note ? 'wrapup.noteNeeded' : 'wrapup.note')}
          status={missing === 'note' ? 'error' : undefined}
          data-testid="wrapup-note"
          onChange={(event) => draft.set({ disposition, note: event.target.value })}
        />
        <Button type="primary" loading={sending} disabled={!online} data-testid="wrapup-submit" onClick={() => void submit()}>
          {t('wrapup.submit')} <ActionKey id="submit" />
        </Button>
      </div>
    </section>
  )
}

interface ChoicesProps {
  label: string
  required?: boolean
  items: readonly Disposition[]
  chosen: string | undefined
  /** Digits choose among these. */
  numbered?: boolean
  /** The one that was not chosen by hand. */
  proposal?: string
  english: boolean
  onChoose: (code: string) => void
}

/** As in every group of radio buttons: one stop of the Tab key, the arrows choose. */
function Choices({ label, required, items, chosen, numbered, proposal, english, onChoose }: ChoicesProps) {
  const { t } = useTranslation()
  const stop = items.some(({ code }) => code === chosen) ? chosen : items[0]?.code
  const step = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!by || event.altKey || event.ctrlKey) return
    event.preventDefault()
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=radio]')]
    const index = (buttons.indexOf(document.activeElement as HTMLElement) + by + buttons.length) % buttons.length
    buttons[index]?.focus()
    onChoose(items[index]?.code ?? '')
  }
  return (
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- the choice within has the focus
    <div className="wrapup-choice" role="radiogroup" aria-label={label} onKeyDown={step}>
      <span className="wrapup-label">
        {label}
        {required && items.length > 0 && ' *'}
      </span>
      {items.map(({ code, name, name_en }, index) => (
        <button key={code} type="button" role="radio" className="choice" aria-checked={chosen === code} tabIndex={code === stop ? 0 : -1} data-first-action={required && code === stop ? '' : undefined} data-testid={`disposition-${code}`} onClick={() => onChoose(code)}>
          {chosen === code && <Icon name="check" size={14} />}
          {(english && name_en) || name}
          {proposal === code && <span className="choice-proposal">{t('wrapup.proposed')}</span>}
          {numbered && index < 9 && <Keycap>{index + 1}</Keycap>}
        </button>
      ))}
    </div>
  )
}
