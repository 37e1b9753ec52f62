import type { TrunkDocument, TrunkLife } from '@/shared/api/telephony'
import type { IconName } from '@/shared/ui/icons'
import type { Tone } from '@/shared/ui/parts'

/** A trunk's state: colour, shape, and the word `tel.trunks.life.…`. */
export const trunkLook: Record<TrunkLife, { tone: Tone; icon: IconName }> = {
  up: { tone: 'ok', icon: 'checkCircle' },
  unknown: { tone: 'neutral', icon: 'circle' },
  registering: { tone: 'accent', icon: 'refresh' },
  down: { tone: 'red', icon: 'octagon' },
  refused: { tone: 'red', icon: 'lock' },
  inactive: { tone: 'neutral', icon: 'minusCircle' },
}

/** What can be done about it: keys of `tel.trunks.repair`; an unknown trouble has none. */
const repairs = new Set(['unreachable', 'refused', 'timeout', 'not_resolved', 'certificate', 'client_certificate', 'tls', 'closed', 'wrong_password', 'registration_refused', 'busy', 'no_answer', 'failing', 'full', 'keys_missing'])

export function repairOf(code: string): string | null {
  const known = code.startsWith('certificate') ? 'certificate' : code
  return repairs.has(known) ? `tel.trunks.repair.${known}` : null
}

/** The share of calls that were answered, as a percentage. */
export const percent = (share: number | null | undefined): string => (share == null ? '–' : `${Math.round(share * 100)}%`)

/** Channels in use, and of how many. */
export function channelsOf(doc: TrunkDocument | undefined, most: number): string {
  if (!doc) return '–'
  const used = doc.channels.in + doc.channels.out
  return most > 0 ? `${used} / ${most}` : String(used)
}

/** Whether hardly a channel is left. */
export const crowded = (doc: TrunkDocument | undefined, most: number): boolean => !!doc && most > 0 && doc.channels.in + doc.channels.out >= most * 0.9
