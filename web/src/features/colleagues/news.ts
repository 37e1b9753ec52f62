import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'

import type { News } from '@/shared/api/colleagues'
import { useDocument, useLink } from '@/shared/live/store'

/** So long a page may wait before it asks, so that not everybody asks at once what is new for all. */
const spread_ms = 600

/** Asks for the named lists anew whenever the live document says so, and after the line was cut. */
export function useNews(key: string, path: string, spread = 0): void {
  const queries = useQueryClient()
  const at = useDocument<News>(key)?.at
  const online = useLink().status === 'online'
  const before = useRef({ at, online })
  useEffect(() => {
    const last = before.current
    before.current = { at, online }
    if (!online || (last.at === at && last.online)) return
    const ask = () => void queries.invalidateQueries({ predicate: ({ queryKey: [name] }) => typeof name === 'string' && name.startsWith(path) })
    if (!spread) return ask()
    const timer = setTimeout(ask, Math.random() * spread)
    return () => clearTimeout(timer)
  }, [at, online, queries, path, spread])
}

export const everybodys_spread = spread_ms
