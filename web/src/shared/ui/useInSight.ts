import { useSyncExternalStore } from 'react'

const subscribe = (listener: () => void) => {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}

/** Whether what is `visible` on this page can be seen: the page stands in front, too. */
export const useInSight = (visible: boolean): boolean => useSyncExternalStore(subscribe, () => !document.hidden) && visible
