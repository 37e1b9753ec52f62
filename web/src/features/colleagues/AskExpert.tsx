import { Button } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { apiOf } from '@/shared/api/client'
import type { Chat } from '@/shared/api/colleagues'
import type { InteractionDocument } from '@/shared/api/types'
import { ActionKey } from '@/shared/keys/ActionKey'
import { useKeysOf } from '@/shared/keys/actions'
import { combination } from '@/shared/keys/keys'
import { useLink } from '@/shared/live/store'
import { useDraft } from '@/shared/prefs/drafts'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine } from '@/shared/ui/parts'
import { bySoonest, useColleagues, useTalking } from './chats'
import { inColleagues } from './entry'
import { Person } from './Person'

const most = 5
const shown_skills = 8

/** Ask somebody who knows, with the trail attached: they may read this contact, and what they answer stands in it. */
export function AskExpert({ interaction, onAsked, onBack }: { interaction: InteractionDocument; onAsked: (chat: string) => void; onBack: () => void }) {
  const { t } = useTranslation()
  const submit = useKeysOf()('submit')
  const online = useLink().status === 'online'
  const draft = useDraft(`expert.${interaction.id}`, '')
  const [q, setQ] = useState('')
  const [by, setBy] = useState<string | null>(null)
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [tried, setTried] = useState(false)
  const leaders = by === 'leader'
  const query = useColleagues(q.trim(), leaders)
  const { busy, problem, run } = useTalking()
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    // It also comes with a new contact: then the agent is elsewhere.
    if (inColleagues()) field.current?.focus({ preventScroll: true })
  }, [])

  const everybody = query.data?.items
  const skills = useMemo(() => [...new Set((everybody ?? []).flatMap((one) => one.skills))].slice(0, shown_skills), [everybody])
  const offered = bySoonest(everybody ?? []).filter((one) => by === null || leaders || one.skills.includes(by))
  const question = draft.value.trim()
  const ask = async () => {
    setTried(true)
    if (!question || chosen.length === 0 || busy || !online) return
    const chat = await run(() => apiOf(interaction).post<Chat>(`/interactions/${interaction.id}/experts`, { people: chosen, question, asked_as: by ?? '' }))
    if (!chat) return
    draft.clear()
    onAsked(chat.id)
  }
  const toggle = (id: string) => setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(-most))
  return (
    // Sent by the key of every form, wherever in it the focus is.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="expert"
      data-own-keys={submit}
      onKeyDown={(event) => {
        if (combination(event.nativeEvent) !== submit) return
        event.preventDefault()
        event.stopPropagation()
        if (!event.repeat) void ask()
      }}
    >
      <div className="tool-scroll">
        <p className="expert-about">
          <button type="button" className="icon-button" aria-label={t('colleagues.back')} title={t('colleagues.back')} onClick={onBack}>
            <Icon name="chevronLeft" />
          </button>
          <span>{t('colleagues.attached', { no: interaction.trail_no })}</span>
        </p>
        <textarea ref={field} data-first className="chat-field" rows={3} maxLength={2000} value={draft.value} placeholder={t('colleagues.question')} aria-label={t('colleagues.question')} data-testid="expert-question" onChange={(event) => draft.set(event.target.value)} />
        {tried && !question && <ErrorLine>{t('colleagues.questionMissing')}</ErrorLine>}
        <div className="expert-by" role="group" aria-label={t('colleagues.bySkill')}>
          {['leader', ...skills].map((one) => (
            <button key={one} type="button" className="choice" aria-pressed={by === one} data-testid={`expert-by-${one}`} onClick={() => setBy(by === one ? null : one)}>
              {one === 'leader' ? t('colleagues.leader') : one}
            </button>
          ))}
        </div>
        <label className="note-box">
          <Icon name="search" className="muted" />
          <input value={q} maxLength={64} placeholder={t('colleagues.search')} aria-label={t('colleagues.search')} data-testid="expert-search" onChange={(event) => setQ(event.target.value)} />
        </label>
        {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
        <ul className="chat-list" aria-label={t('colleagues.whom')}>
          {offered.map((one) => (
            <li key={one.id}>
              <button type="button" className="chat-row" aria-pressed={chosen.includes(one.id)} data-testid={`expert-${one.number ?? one.name}`} onClick={() => toggle(one.id)}>
                <Person one={one}>{chosen.includes(one.id) && <Icon name="check" size={14} className="text-accent" />}</Person>
              </button>
            </li>
          ))}
        </ul>
        {query.isSuccess && offered.length === 0 && <Empty>{t('colleagues.nobody')}</Empty>}
      </div>
      <div className="note">
        {tried && chosen.length === 0 && <ErrorLine>{t('colleagues.whomMissing')}</ErrorLine>}
        {problem !== null && <ErrorLine problem={problem} />}
        <Button type="primary" loading={busy} disabled={!online} data-testid="expert-send" onClick={() => void ask()}>
          {t('colleagues.send')} <ActionKey id="submit" />
        </Button>
      </div>
    </div>
  )
}
