/** Kinds of business, their records and drafts, as the API sends them. */
import type { ItemOf } from './answers'

export type BusinessKind = ItemOf<'/api/v1/businesses/kinds'>
export type BusinessRecord = ItemOf<'/api/v1/businesses/records'>
export type KeptDraft = ItemOf<'/api/v1/interactions/{interaction_id}/drafts'>
