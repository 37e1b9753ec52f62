import { useSyncExternalStore } from 'react'

import { createStore } from '../store'

let offset: number | null = null
let measuredAt = 0
const trust = 60_000

/**
 * Learn the server's time. A message delayed on the way makes the server look slow, so the greatest offset of the
 * last minute is the best one.
 */
export function setServerNow(now: string, local: number = Date.now()): void {
  const measured = Date.parse(now) - local
  if (Number.isNaN(measured)) return
  if (offset === null || measured > offset || local - measuredAt > trust) {
    offset = measured
    measuredAt = local
  }
}

/** Server time in milliseconds since 1970. */
export const serverNow = (local: number = Date.now()): number => local + (offset ?? 0)

const tick = createStore(serverNow())
let timer: ReturnType<typeof setTimeout> | undefined
let viewers = 0

/** One tick a second for all timers of the page, just after the server's second begins. */
function schedule(): void {
  timer = setTimeout(
    () => {
      tick.set(serverNow())
      schedule()
    },
    1_000 - (serverNow() % 1_000) + 5,
  )
}

function subscribe(listener: () => void): () => void {
  const leave = tick.subscribe(listener)
  viewers += 1
  if (viewers === 1) {
    tick.set(serverNow())
    schedule()
  }
  return () => {
    leave()
    viewers -= 1
    if (viewers === 0) clearTimeout(timer)
  }
}

/** Tick at once: what has just begun must not be counted from a time before it began. */
export const refreshNow = (): void => tick.set(serverNow())

/** Server time in milliseconds, renewed every second. */
export const useNow = (): number => useSyncExternalStore(subscribe, tick.get)
