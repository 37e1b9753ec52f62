import { Link } from '@tanstack/react-router'
import { useEffect, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { composing } from '@/shared/keys/keys'
import { useLink } from '@/shared/live/store'
import { useDraft, useSent } from '@/shared/prefs/drafts'
import { useNow } from '@/shared/time/clock'
import { clock, dayTime } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { useMe } from '@/shared/ui/may'
import { ErrorLine } from '@/shared/ui/parts'
import { useInSight } from '@/shared/ui/useInSight'
import { nameOf, useChat, useMessages, useTalking } from './chats'

const longest = 2_000

/** One chat: read downwards, the newest at the bottom beside the field. */
export function ChatRoom({ id, visible, onBack }: { id: string; visible: boolean; onBack: () => void }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const me = useMe()
  const online = useLink().status === 'online'
  const chat = useChat(id)
  const { query, messages } = useMessages(id)
  const { busy, problem, run } = useTalking()
  const { run: mark } = useTalking()
  const draft = useDraft(`chat.${id}`, '')
  const taken = useSent(draft)
  const seen = useRef<string | null>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const last = messages.at(-1)
  const fresh = chat.data?.unread ?? 0
  const inSight = useInSight(visible)

  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight
  }, [last?.id])

  // What stands on the screen of somebody who is there has been seen.
  useEffect(() => {
    if (!last || last.id === seen.current || fresh === 0 || !inSight) return
    seen.current = last.id
    void mark(() => api.put(`/chats/${id}/read`, { message_id: last.id }))
  }, [last, fresh, id, inSight, mark])

  const send = async () => {
    const sent = draft.value
    const text = sent.trim()
    if (!text || busy || !online) return
    if (await run(() => api.post(`/chats/${id}/messages`, { text }))) taken(sent)
  }
  const today = dayTime(now, now, i18n.language).slice(0, -6)
  return (
    <>
      <div className="chat-head">
        <button type="button" className="icon-button" aria-label={t('colleagues.back')} title={t('colleagues.back')} onClick={onBack}>
          <Icon name="chevronLeft" />
        </button>
        <b className="ellipsis">{chat.data ? nameOf(chat.data) : ''}</b>
        {chat.data?.interaction_id && (
          <Link to="/interactions/$id" params={{ id: chat.data.interaction_id }} className="link" data-testid="chat-contact">
            {chat.data.trail_no}
          </Link>
        )}
      </div>
      <div ref={scroller} className="tool-scroll chat-scroll" role="log" tabIndex={0} aria-label={t('colleagues.tab.chats')}>
        {query.hasNextPage && (
          <button type="button" className="link" onClick={() => void query.fetchNextPage()}>
            {t('colleagues.older')}
          </button>
        )}
        {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
        <ol className="chat-messages">
          {messages.map((one) => {
            const at = dayTime(one.at, now, i18n.language)
            return (
              <li key={one.id} className={one.author.id === me.id ? 'chat-mine' : undefined} data-testid="chat-message">
                <span className="chat-by">
                  {one.author.id === me.id ? t('colleagues.me') : one.author.name} {at.startsWith(today) ? clock(one.at).slice(0, 5) : at}
                </span>
                <span className={one.text ? 'chat-text' : 'chat-text muted'}>{one.text || t('colleagues.erased')}</span>
              </li>
            )
          })}
        </ol>
      </div>
      <div className="note">
        {problem !== null && <ErrorLine problem={problem} onRetry={() => void send()} />}
        <textarea
          data-first
          className="chat-field"
          rows={2}
          value={draft.value}
          maxLength={longest}
          placeholder={t('colleagues.write')}
          aria-label={t('colleagues.write')}
          data-testid="chat-field"
          onChange={(event) => draft.set(event.target.value)}
          onKeyDown={(event) => {
            if (composing(event.nativeEvent) || event.key !== 'Enter' || event.shiftKey) return
            event.preventDefault()
            event.stopPropagation()
            void send()
          }}
        />
        <span className="note-kept">{!online && draft.value ? t('colleagues.kept') : ''}</span>
      </div>
    </>
  )
}
