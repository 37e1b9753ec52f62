import { useCallback, useEffect, useRef, useState } from 'react'

import type { Seat } from '@/shared/api/types'
import { useDocument } from '@/shared/live/store'

/** `seat/{person}`: where this agent can be reached, as the centre sees it. */
export interface SeatDocument {
  id: string
  phones: number
  browsers: number
  /** Instance of the browser that has the seat: the one signed in at last. */
  browser: string | null
  lost: { seat: Seat; since: string } | null
  /** The seat the agent chose and is back at as soon as it is there again. */
  instead_of: Seat | null
}

export const useSeat = (personId: string): SeatDocument | null => useDocument<SeatDocument>(`seat/${personId}`)

/**
 * Whether another browser of the same person has taken the seat, and how to take it back. Only who had it can lose it,
 * and not during a call: whoever talks goes on talking.
 */
export function useBeaten(seat: SeatDocument | null, instance: string, busy: boolean): { beaten: boolean; back: () => void } {
  const [beaten, setBeaten] = useState(false)
  const owned = useRef(false)
  const owner = seat?.browser ?? null
  useEffect(() => {
    if (owner === `<urn:uuid:${instance}>`) owned.current = true
    else if (owner !== null && owned.current && !busy) {
      owned.current = false
      setBeaten(true)
    }
  }, [owner, instance, busy])
  const back = useCallback(() => setBeaten(false), [])
  return { beaten, back }
}
