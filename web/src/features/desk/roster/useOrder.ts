import { useEffect, useRef, useState } from 'react'

import type { InteractionDocument } from '@/shared/api/types'
import { kept, ordered } from './order'

/** After a key, in which a card must not change places: the next one may be meant for what is seen. */
const still_after_key = 1_000

interface Order {
  cards: InteractionDocument[]
  /** For the roster itself: no card moves while the pointer is over it. */
  hover: { onPointerEnter: () => void; onPointerLeave: () => void }
}

/** The cards in their order, which changes only while nobody is about to choose one of them. */
export function useOrder(mine: readonly InteractionDocument[]): Order {
  const [order, setOrder] = useState<readonly string[]>([])
  const over = useRef(false)
  const struck = useRef(0)
  const newest = useRef(mine)
  const settle = useRef(() => {})
  useEffect(() => {
    newest.current = mine
  })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    settle.current = () => {
      const rest = struck.current + still_after_key - Date.now()
      clearTimeout(timer)
      if (rest > 0) timer = setTimeout(settle.current, rest)
      else if (!over.current) setOrder((was) => same(was, ordered(newest.current).map(({ id }) => id)))
    }
    const key = () => {
      struck.current = Date.now()
    }
    window.addEventListener('keydown', key, { capture: true })
    return () => {
      clearTimeout(timer)
      window.removeEventListener('keydown', key, { capture: true })
    }
  }, [])
  useEffect(() => settle.current(), [mine])
  return {
    cards: kept(order, mine),
    hover: {
      onPointerEnter: () => {
        over.current = true
      },
      onPointerLeave: () => {
        over.current = false
        settle.current()
      },
    },
  }
}

const same = (was: readonly string[], now: readonly string[]): readonly string[] => (was.join() === now.join() ? was : now)
