import { useCallback, useLayoutEffect, useRef } from 'react'

/** The same function all the time, doing what the newest does: whoever is drawn anew with a new handler stays as it is. */
export function useSteady<A extends unknown[], R>(act: (...values: A) => R): (...values: A) => R {
  const latest = useRef(act)
  useLayoutEffect(() => {
    latest.current = act
  })
  return useCallback((...values: A) => latest.current(...values), [])
}
