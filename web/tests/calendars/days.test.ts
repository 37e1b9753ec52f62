import { describe, expect, it } from 'vitest'

import { dayAfter, isAllDay, lookOfDay, monthsOf, nextSpan, spansFit, spansText, tidyTime, timeIn } from '@/features/calendars/days'
import type { CalendarDay } from '@/shared/api/queues'

const day = (date: string, part: Partial<CalendarDay> = {}): CalendarDay => ({ date, kind: 'week', spans: [['09:00', '18:00']], name: '', name_en: '', follows: null, special: null, ...part })

describe('hours of a day', () => {
  it('fit when they are times, in order and apart', () => {
    expect(spansFit([])).toBe(true)
    expect(spansFit([['08:30', '12:00'], ['13:00', '24:00']])).toBe(true)
    for (const wrong of [['8:30', '12:00'], ['12:00', '12:00'], ['18:00', '08:00'], ['00:00', '24:01'], ['09:60', '10:00'], ['', '']] as const) expect(spansFit([[...wrong]])).toBe(false)
    expect(spansFit([['08:00', '12:00'], ['11:00', '13:00']])).toBe(false)
    expect(spansFit([['08:00', '12:00'], ['12:00', '13:00']])).toBe(false)
  })
  it('are taken as people type them', () => {
    expect(['8:30', '830', '8', '0830', '8：30', ' 08:30 ', 'noon'].map(tidyTime)).toEqual(['08:30', '08:30', '08:00', '08:30', '08:30', '08:30', 'noon'])
  })
  it('begin after the last ones', () => {
    expect(nextSpan([])).toEqual(['09:00', '18:00'])
    expect(nextSpan([['09:00', '12:00']])).toEqual(['13:00', '17:00'])
    expect(nextSpan([['09:00', '22:00']])).toEqual(['23:00', '24:00'])
  })
  it('are told in words where there are some', () => {
    expect(isAllDay([['00:00', '24:00']])).toBe(true)
    expect(spansText([['00:00', '24:00']], 'all', 'none')).toBe('all')
    expect(spansText([], 'all', 'none')).toBe('none')
    expect(spansText([['09:00', '12:00'], ['13:00', '18:00']], 'all', 'none')).toBe('09:00–12:00 13:00–18:00')
  })
})

describe('a year', () => {
  it('is twelve months whose weeks begin on Monday', () => {
    const days: CalendarDay[] = []
    for (let date = '2026-01-01'; date.startsWith('2026'); date = dayAfter(date, 1)) days.push(day(date))
    const months = monthsOf(days)
    expect(days).toHaveLength(365)
    expect(months).toHaveLength(12)
    expect(months[0]?.findIndex((one) => one !== null)).toBe(3)
    expect(months[1]?.findIndex((one) => one !== null)).toBe(6)
    expect(months[1]?.filter(Boolean)).toHaveLength(28)
  })
  it('shows each day by what it is', () => {
    expect(lookOfDay(day('2026-03-04'))).toBe('week')
    expect(lookOfDay(day('2026-03-07', { spans: [] }))).toBe('free')
    expect(lookOfDay(day('2026-10-01', { kind: 'holiday', spans: [] }))).toBe('holiday')
    expect(lookOfDay(day('2026-10-10', { kind: 'makeup' }))).toBe('makeup')
  })
  it('knows the day after, over the ends of months and years', () => {
    expect(dayAfter('2026-12-31', 1)).toBe('2027-01-01')
    expect(dayAfter('2026-03-01', -1)).toBe('2026-02-28')
  })
})

describe('an instant', () => {
  it('is told as clocks show it where the calendar is', () => {
    expect(timeIn('Asia/Shanghai', '2026-11-23T01:00:00Z', 'zh')).toBe('11-23 09:00')
    expect(timeIn('Asia/Shanghai', '2026-11-22T16:00:00Z', 'en')).toBe('23 Nov 00:00')
  })
})
