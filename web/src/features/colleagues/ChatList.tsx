import { useTranslation } from 'react-i18next'

import type { Chat } from '@/shared/api/colleagues'
import { usePages } from '@/shared/api/lists'
import { useNow } from '@/shared/time/clock'
import { clock, day } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { useMe } from '@/shared/ui/may'
import { Empty, ErrorLine } from '@/shared/ui/parts'
import { nameOf } from './chats'

/** My chats, the newest word first. */
export function ChatList({ onOpen }: { onOpen: (id: string) => void }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const me = useMe()
  const { query, rows } = usePages<Chat>('/chats')
  const today = day(now, now, i18n.language)
  return (
    <div className="tool-scroll">
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && <Empty>{t('colleagues.noChats')}</Empty>}
      <ul className="chat-list">
        {rows.map((chat) => (
          <li key={chat.id}>
            <button type="button" className="chat-row" data-testid="chat-row" onClick={() => onOpen(chat.id)}>
              <Icon name={chat.kind === 'expert' ? 'consult' : 'person'} className="muted" />
              <span className="chat-words">
                <span className="chat-line">
                  <b className="ellipsis">{nameOf(chat)}</b>
                  {chat.kind === 'expert' && <span className="chat-no">{chat.trail_no}</span>}
                  <time className="muted">{chat.last && (day(chat.last.at, now, i18n.language) === today ? clock(chat.last.at).slice(0, 5) : day(chat.last.at, now, i18n.language))}</time>
                </span>
                <span className="chat-line">
                  <span className="ellipsis muted">
                    {chat.last?.author.id === me.id && `${t('colleagues.me')} `}
                    {chat.last?.text || t('colleagues.erased')}
                  </span>
                  {chat.unread > 0 && (
                    <span className="chat-unread" aria-label={t('colleagues.unread', { count: chat.unread })}>
                      {chat.unread > 99 ? '99+' : chat.unread}
                    </span>
                  )}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <button type="button" className="link" onClick={() => void query.fetchNextPage()}>
          {t('colleagues.more')}
        </button>
      )}
    </div>
  )
}
