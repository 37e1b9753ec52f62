import { useEffect, useState } from 'react'

/** Nothing for 300 ms, then a still skeleton; from 3 s on the screen says who keeps it waiting. */
export type Patience = 'none' | 'skeleton' | 'slow'

export function usePatience(waiting: boolean): Patience {
  const [patience, setPatience] = useState<Patience>('none')
  useEffect(() => {
    if (!waiting) return
    const skeleton = setTimeout(() => setPatience('skeleton'), 300)
    const slow = setTimeout(() => setPatience('slow'), 3_000)
    return () => {
      clearTimeout(skeleton)
      clearTimeout(slow)
      setPatience('none')
    }
  }, [waiting])
  return patience
}
