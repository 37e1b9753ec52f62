import { useSyncExternalStore } from 'react'

import { createStore } from '@/shared/store'

/** What the phone bar has opened over the page; one at a time. */
export type PhoneDialog = 'directory' | 'dial' | 'check'

const open = createStore<PhoneDialog | null>(null)

/** Also for others than the phone bar: the palette, a customer's number. */
export const openPhoneDialog = (dialog: PhoneDialog): void => open.set(dialog)
export const closePhoneDialog = (): void => open.set(null)
export const usePhoneDialog = (): PhoneDialog | null => useSyncExternalStore(open.subscribe, open.get)
