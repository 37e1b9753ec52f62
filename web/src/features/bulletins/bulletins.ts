import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'

import { everybodys_spread, useNews } from '@/features/colleagues/news'
import { useAction } from '@/shared/api/lists'
import { api } from '@/shared/api/client'
import type { Bulletin, UnreadBulletins } from '@/shared/api/colleagues'
import { serverNow } from '@/shared/time/clock'
import { useMay, useMe } from '@/shared/ui/may'

const longest_nap = 3_600_000

/** What I have still to read; asked for when the centre says that there is something new, or when one begins or ends. */
export function useUnreadBulletins() {
  const me = useMe()
  const may = useMay()('colleagues.talk')
  useNews(`bulletins/${me.tenant.id}`, '/bulletins', everybodys_spread)
  const query = useQuery({ queryKey: ['/bulletins/unread', me.tenant.id], queryFn: ({ signal }) => api.get<UnreadBulletins>('/bulletins/unread', undefined, signal), staleTime: 300_000, enabled: may })
  const { refetch } = query
  const again = query.data?.again_at
  useEffect(() => {
    if (!again) return
    const timer = setTimeout(() => void refetch(), Math.min(Math.max(Date.parse(again) - serverNow(), 0) + 500, longest_nap))
    return () => clearTimeout(timer)
  }, [again, refetch])
  return query.data
}

/** Seen, and where that is asked for, understood. */
export function useReading() {
  const { busy, problem, run } = useAction('/bulletins')
  const read = (bulletin: Bulletin, confirm: boolean) => run(() => api.put(`/bulletins/${bulletin.id}/read`, { confirm }))
  return { busy, problem, read }
}

export const isOver = (bulletin: Bulletin, now: number): boolean => bulletin.withdrawn_at !== null || (bulletin.valid_until !== null && Date.parse(bulletin.valid_until) <= now)

export const isWaiting = (bulletin: Bulletin): boolean => bulletin.read_at === null || (bulletin.must_confirm && bulletin.confirmed_at === null)
