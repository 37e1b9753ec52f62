import { useCallback, useState } from 'react'

import type { Values } from './model'
import { edit, remove, settle } from './sync'
import { useDraftOf } from './store'

export interface ShownDraft<T> {
  value: T
  set: (value: T) => void
  /** Forget it: submitted or emptied on purpose. */
  clear: () => void
  /** When it was last saved, local milliseconds; null if there is nothing saved. */
  savedAt: number | null
}

const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A form's value that belongs to a contact: whoever has the contact finds it, on whatever seat. */
export function useInteractionDraft<T>(interaction: string, tenant: string | null, form: string, id: string, initial: T): ShownDraft<T> {
  const draft = useDraftOf(interaction, id)
  const [first] = useState(initial)
  const value = !draft ? first : isValues(first) ? ({ ...first, ...draft.values } as T) : ((draft.values.text ?? first) as T)
  const set = useCallback(
    (next: T) => edit({ id: interaction, tenant: { id: tenant ?? '' } }, id, form, isValues(next) ? next : { text: next }),
    [interaction, tenant, form, id],
  )
  const clear = useCallback(() => {
    if (!remove({ id: interaction, tenant: { id: tenant ?? '' } }, id)) settle(interaction, id)
  }, [interaction, tenant, id])
  return { value, set, clear, savedAt: draft ? (draft.savedAt ?? draft.at) : null }
}
