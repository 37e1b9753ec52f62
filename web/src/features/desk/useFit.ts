import { useLayoutEffect, useState, type RefObject } from 'react'

interface Fit {
  /** So many of the children fit, from the first on. */
  count: number
  /** Their width together, in pixels. */
  width: number
}

/** How many of `list`'s children have a place in `bar` beside `reserved` pixels, and `more` pixels when not all have. */
export function useFit(bar: RefObject<HTMLElement | null>, list: RefObject<HTMLElement | null>, key: string, reserved: number, more: number): Fit {
  const [fit, setFit] = useState<Fit>({ count: Number.POSITIVE_INFINITY, width: 0 })
  useLayoutEffect(() => {
    const measure = () => {
      const room = (bar.current?.clientWidth ?? 0) - reserved
      const widths = [...(list.current?.children ?? [])].map((one) => (one as HTMLElement).offsetWidth)
      const all = widths.reduce((sum, width) => sum + width, 0)
      let count = widths.length
      let width = all
      if (all > room) while (count > 1 && width > room - more) width -= widths[--count] ?? 0
      setFit((before) => (before.count === count && before.width === width ? before : { count, width }))
    }
    measure()
    if (!bar.current || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(measure)
    observer.observe(bar.current)
    return () => observer.disconnect()
  }, [bar, list, key, reserved, more])
  return fit
}
