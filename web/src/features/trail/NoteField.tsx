import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { apiOf } from '@/shared/api/client'
import type { InteractionDocument } from '@/shared/api/types'
import { ActionKey } from '@/shared/keys/ActionKey'
import { useAction } from '@/shared/keys/actions'
import { composing } from '@/shared/keys/keys'
import { useLink } from '@/shared/live/store'
import { useDraft, useSent } from '@/shared/prefs/drafts'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'

/** One line, Enter, and it stands in the trail. What is typed and not sent survives a reload. */
export function NoteField({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const draft = useDraft(`note.${interaction.id}`, '')
  const taken = useSent(draft)
  const online = useLink().status === 'online'
  const [problem, setProblem] = useState<unknown>(null)
  const [sending, setSending] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useAction('note', () => field.current?.focus())

  const send = async () => {
    const sent = draft.value
    const text = sent.trim()
    if (!text || sending) return
    setSending(true)
    setProblem(null)
    try {
      await apiOf(interaction).post(`/interactions/${interaction.id}/notes`, { text })
      taken(sent)
    } catch (error) {
      setProblem(error)
    } finally {
      setSending(false)
    }
  }

  return (
    <div className="note">
      {problem !== null && <ErrorLine problem={problem} onRetry={() => void send()} />}
      <label className="note-box">
        <Icon name="pen" className="muted" />
        <input
          ref={field}
          value={draft.value}
          maxLength={500}
          placeholder={t('trail.notePlaceholder')}
          aria-label={t('trail.note')}
          data-testid="note-field"
          onChange={(event) => draft.set(event.target.value)}
          onKeyDown={(event) => {
            if (composing(event.nativeEvent)) return
            if (event.key === 'Enter' && online) void send()
          }}
        />
        {!online && draft.value ? <span className="note-kept">{t('trail.noteKept')}</span> : <ActionKey id="note" />}
      </label>
    </div>
  )
}
