import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Chat } from '@/shared/api/colleagues'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine } from '@/shared/ui/parts'
import { useColleagues, useTalking } from './chats'
import { Person } from './Person'

/** Who there is and how they are; a press writes to them. */
export function Directory({ onOpen }: { onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  const [q, setQ] = useState('')
  const query = useColleagues(q.trim(), false)
  const { busy, problem, run } = useTalking()
  const write = async (person: string) => {
    const chat = await run(() => api.post<Chat>('/chats', { person_id: person }))
    if (chat) onOpen(chat.id)
  }
  const items = query.data?.items ?? []
  return (
    <div className="tool-scroll">
      <label className="note-box">
        <Icon name="search" className="muted" />
        <input data-first value={q} maxLength={64} placeholder={t('colleagues.search')} aria-label={t('colleagues.search')} data-testid="colleague-search" onChange={(event) => setQ(event.target.value)} />
      </label>
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {problem !== null && <ErrorLine problem={problem} />}
      <ul className="chat-list">
        {items.map((one) => (
          <li key={one.id}>
            <button type="button" className="chat-row" disabled={busy} data-testid={`colleague-${one.number ?? one.name}`} onClick={() => void write(one.id)}>
              <Person one={one} />
            </button>
          </li>
        ))}
      </ul>
      {query.isSuccess && items.length === 0 && <Empty>{t('colleagues.nobody')}</Empty>}
      {query.data?.next_cursor && <p className="muted">{t('colleagues.narrow')}</p>}
    </div>
  )
}
