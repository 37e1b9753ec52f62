/** Whole seconds from `since` to `now` (milliseconds), never negative. */
export function secondsSince(since: string, now: number): number {
  return Math.max(0, Math.floor((now - Date.parse(since)) / 1_000))
}

/** Whole seconds left until `until`, rounded up, never negative. */
export function secondsLeft(until: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(until) - now) / 1_000))
}

const two = (value: number) => String(value).padStart(2, '0')

/** A running timer: 00:06, 59:59, then 1:20:06. */
export function timer(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${two(minutes)}:${two(whole % 60)}`
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`
}

/** A finished length or a figure: 0:06, 6:21, 1:20:06. */
export function length(seconds: number): string {
  const text = timer(Math.round(seconds))
  return text.startsWith('0') ? text.slice(1) : text
}

const weekdays = { zh: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'], en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] }

/** 10:28:21, local time. */
export function clock(at: string | number): string {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** 11-20, in English 20 Nov, with the year only if it is not this one. */
export function day(at: string | number, now: number, language = 'zh'): string {
  const date = new Date(at)
  const thisYear = date.getFullYear() === new Date(now).getFullYear()
  if (language === 'en') return `${date.getDate()} ${months[date.getMonth()]}${thisYear ? '' : ` ${date.getFullYear()}`}`
  const text = `${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return thisYear ? text : `${date.getFullYear()}-${text}`
}

/** 11-20 10:28. */
export function dayTime(at: string | number, now: number, language = 'zh'): string {
  return `${day(at, now, language)} ${clock(at).slice(0, 5)}`
}

/** 周五 11-20 10:28. */
export function weekdayTime(at: number, language: 'zh' | 'en'): string {
  return `${weekdays[language][new Date(at).getDay()]} ${dayTime(at, at, language)}`
}
