import type { Problem } from '@/shared/api/client'
import { problemText } from '@/shared/i18n'

type Translate = (key: string, options?: Record<string, unknown>) => string

/** Why somebody was not let in, and what helps: how long a lock still lasts, when trying again makes sense. */
export function refusal(problem: unknown, t: Translate, language: string): string {
  const { code, document } = problem as Partial<Problem>
  const seconds = Number(document?.retry_after ?? 0)
  if (seconds > 0 && (code === 'locked' || code === 'too_many_attempts' || code === 'too_many_requests')) {
    const minutes = Math.ceil(seconds / 60)
    const time = seconds < 90 ? t('time.seconds', { count: Math.ceil(seconds) }) : t('session.minutes', { count: minutes })
    return t(code === 'locked' ? 'session.lockedFor' : 'session.tryIn', { time, lng: language })
  }
  return problemText(problem, t)
}
