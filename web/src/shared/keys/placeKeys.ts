import { useEffect, useSyncExternalStore } from 'react'

import { createStore } from '../store'

/** Keys that work at the place on the screen, as [keycap, key of its name]; the footer shows them. */
export type PlaceKeys = ReadonlyArray<readonly [key: string, name: string]>

const none: PlaceKeys = []
const store = createStore<PlaceKeys>(none)

/** Show these while the page that has them is on the screen; `keys` must stay the same while it says the same. */
export function usePlaceKeys(keys: PlaceKeys): void {
  useEffect(() => {
    store.set(keys)
    return () => store.set(none)
  }, [keys])
}

export const useKeysHere = (): PlaceKeys => useSyncExternalStore(store.subscribe, store.get)
