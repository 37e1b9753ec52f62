import { useCallback, useLayoutEffect, useState, type RefObject } from 'react'

const overscan = 8

/** Which rows of a fixed height are in sight (and a few around), so that 10,000 rows cost as much as 40. */
export function visibleRange(top: number, height: number, row: number, count: number): { first: number; last: number } {
  const first = Math.max(0, Math.floor(top / row) - overscan)
  const last = Math.min(count, Math.ceil((top + height) / row) + overscan)
  return { first: Math.min(first, last), last }
}

export function useWindow(box: RefObject<HTMLElement | null>, row: number, count: number) {
  const [view, setView] = useState({ top: 0, height: 800 })
  const measure = useCallback(() => {
    const element = box.current
    if (!element) return
    // In steps of a few rows: what is drawn changes seldom, though the list moves with every frame.
    const step = row * 4
    const top = Math.floor(element.scrollTop / step) * step
    const height = element.clientHeight + step
    setView((before) => (before.top === top && before.height === height ? before : { top, height }))
  }, [box, row])
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    // Observing reports the first size by itself.
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [box, measure])
  return { ...visibleRange(view.top, view.height, row, count), onScroll: measure }
}
