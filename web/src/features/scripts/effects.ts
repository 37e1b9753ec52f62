import { openBusiness } from '@/features/businesses/open'
import type { InteractionDocument } from '@/shared/api/types'

interface Effect {
  kind: string
  code: string
}

/** What an answer does besides going on: a business opens beside the script. A result is the centre's to keep. */
export function doEffect(interaction: InteractionDocument, effect: Effect): void {
  if (effect.kind === 'business') openBusiness(interaction, effect.code)
}
