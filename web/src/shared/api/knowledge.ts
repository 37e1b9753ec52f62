/** Scripts and offers, as the API sends them. */
import type { Answer, ItemOf } from './answers'

/** As it comes back: what may be left out when it is sent stands in every answer. */
type Whole<T> = T extends Array<infer Item> ? Array<Whole<Item>> : T extends object ? { [K in keyof T]-?: Whole<Exclude<T[K], undefined>> } : T

export type Suggestions = Answer<'/api/v1/interactions/{interaction_id}/scripts'>
export type Suggestion = Suggestions['items'][number]
export type ScriptRun = Answer<'/api/v1/interactions/{interaction_id}/script-runs', 'post'>
export type RunStep = ScriptRun['step']
export type SpokenPart = RunStep['parts'][number]

export type ScriptLine = ItemOf<'/api/v1/scripts'>
export type ScriptDocument = Answer<'/api/v1/scripts/{script_id}'>
export type ScriptBody = Whole<ScriptDocument['draft']>
export type ScriptStep = ScriptBody['steps'][number]
export type ScriptBranch = ScriptStep['branches'][number]
export type ScriptEntry = ScriptBody['entry']
export type ScriptFault = ScriptDocument['faults'][number]
export type ScriptTrial = Answer<'/api/v1/scripts/try', 'post'>
export type ScriptUsage = Answer<'/api/v1/scripts/{script_id}/usage'>

export type NextOffer = Answer<'/api/v1/interactions/{interaction_id}/offer'>
export type Offer = ItemOf<'/api/v1/offers'>
export type OfferFact = ItemOf<'/api/v1/offers/facts'>
export type OfferTrial = Answer<'/api/v1/offers/try', 'post'>
