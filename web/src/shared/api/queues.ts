/** Queues with all they are set to, calendars and dispositions, as the API sends them. */
import type { Answer, ItemOf } from './answers'
import type { Queue } from './admin'

export type SkillWish = Queue['skills'][number]
export type OverflowRule = Queue['overflows'][number]
export type Treatment = Queue['treatment']
export type Prompt = ItemOf<'/api/v1/queues/prompts'>
export type Calendar = ItemOf<'/api/v1/calendars'>
export type YearOfDays = Answer<'/api/v1/calendars/{calendar_id}/days'>
export type CalendarDay = YearOfDays['items'][number]
export type SpecialDay = NonNullable<CalendarDay['special']>
export type Disposition = ItemOf<'/api/v1/dispositions'>
/** From and to, as `08:30`; a day ends at `24:00`. */
export type Span = [string, string]
