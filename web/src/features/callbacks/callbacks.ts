import type { components } from '@/shared/api/generated'
import type { IconName } from '@/shared/ui/icons'
import type { Tone } from '@/shared/ui/parts'

export type Callback = components['schemas']['CallbackDocument']
export type CallbackKind = Callback['kind']
export type CallbackState = Callback['state']

export const tabs = ['open', 'done', 'failed', 'cancelled'] as const
export type Tab = (typeof tabs)[number]
export const kinds: readonly CallbackKind[] = ['callback', 'voicemail', 'web']

/** What the address bar keeps of the list. */
export interface CallbacksFilter {
  /** Absent: what is still to be done. */
  state?: Exclude<Tab, 'open'>
  queue?: string
  what?: CallbackKind
}

export function readCallbacksFilter(search: Record<string, unknown>): CallbacksFilter {
  const filter: CallbacksFilter = {}
  const { state, queue, what } = search
  if (state === 'done' || state === 'failed' || state === 'cancelled') filter.state = state
  if ((typeof queue === 'string' && queue !== '') || typeof queue === 'number') filter.queue = String(queue)
  if (kinds.includes(what as CallbackKind)) filter.what = what as CallbackKind
  return filter
}

export const looks: Record<CallbackState, { tone: Tone; icon: IconName }> = {
  waiting: { tone: 'neutral', icon: 'clock' },
  offered: { tone: 'accent', icon: 'ringing' },
  dialling: { tone: 'accent', icon: 'outgoing' },
  done: { tone: 'ok', icon: 'checkCircle' },
  failed: { tone: 'red', icon: 'octagon' },
  cancelled: { tone: 'neutral', icon: 'minusCircle' },
}

export const kindIcon: Record<CallbackKind, IconName> = { callback: 'phone', voicemail: 'message', web: 'globe' }

/** What may be made of one now: the page offers nothing that would be refused. */
export function possible({ state, number }: Pick<Callback, 'state' | 'number'>) {
  return {
    putOff: state === 'waiting' && number !== '',
    cancel: state === 'waiting' || state === 'offered' || state === 'dialling',
    finish: state === 'waiting' || state === 'failed',
    again: (state === 'failed' || state === 'cancelled') && number !== '',
  }
}
