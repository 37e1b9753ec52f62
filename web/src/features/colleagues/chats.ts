import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'

import { api } from '@/shared/api/client'
import type { Chat, ChatMessage, Colleague } from '@/shared/api/colleagues'
import type { Page } from '@/shared/api/types'
import { useMay, useMe } from '@/shared/ui/may'
import { useNews } from './news'

const page_size = 50

/** How many messages I have not seen, kept right by what the centre tells. */
export function useUnreadChats(): number {
  const me = useMe()
  const may = useMay()('colleagues.talk')
  useNews(`chats/${me.id}`, '/chats')
  const query = useQuery({ queryKey: ['/chats/unread', me.tenant.id], queryFn: ({ signal }) => api.get<{ messages: number; chats: number }>('/chats/unread', undefined, signal), staleTime: 300_000, enabled: may })
  return query.data?.messages ?? 0
}

/** The messages of a chat, the oldest first; older ones come page by page. */
export function useMessages(chatId: string) {
  const query = useInfiniteQuery({
    queryKey: [`/chats/${chatId}/messages`],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => api.get<Page<ChatMessage>>(`/chats/${chatId}/messages`, { cursor: pageParam, limit: page_size }, signal),
    getNextPageParam: (last) => last.next_cursor,
    staleTime: 60_000,
  })
  const messages = useMemo(() => (query.data?.pages.flatMap((page) => page.items) ?? []).toReversed(), [query.data])
  return { query, messages }
}

export const useChat = (chatId: string) => useQuery({ queryKey: [`/chats/${chatId}`], queryFn: ({ signal }) => api.get<Chat>(`/chats/${chatId}`, undefined, signal), staleTime: 60_000 })

/** Everybody, or those a search means; their states are of this moment, so they are asked for again now and then. */
export function useColleagues(q: string, leaders: boolean) {
  return useQuery({
    queryKey: ['/colleagues', q, leaders],
    queryFn: ({ signal }) => api.get<Page<Colleague>>('/colleagues', { q, leaders: leaders ? 'true' : undefined, limit: 100 }, signal),
    placeholderData: (before) => before,
    staleTime: 5_000,
    refetchInterval: 15_000,
  })
}

/** One thing at a time with a chat; lists of chats are asked for anew. */
export function useTalking() {
  const queries = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const run = useCallback(
    async <T>(request: () => Promise<T>): Promise<T | null> => {
      setBusy(true)
      setProblem(null)
      try {
        const value = await request()
        void queries.invalidateQueries({ predicate: ({ queryKey: [key] }) => typeof key === 'string' && key.startsWith('/chats') })
        return value
      } catch (error) {
        setProblem(error)
        return null
      } finally {
        setBusy(false)
      }
    },
    [queries],
  )
  return { busy, problem, run }
}

/** Whoever could help is free sooner: free, then at work, then away. */
const order: Record<string, number> = { ready: 0, busy: 2, offline: 4 }
export const rank = (one: Pick<Colleague, 'state'>): number => (one.state === null ? 3 : (order[one.state] ?? 1))

export const bySoonest = (list: readonly Colleague[]): Colleague[] => list.toSorted((a, b) => rank(a) - rank(b))

export const nameOf = (chat: Chat): string => chat.members.map(({ name }) => name).join('、')
