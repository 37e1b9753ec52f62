import { useTranslation } from 'react-i18next'
import type { ReactNode } from 'react'

import { Icon } from './Icon'
import type { IconName } from './icons'
import { problemText } from '../i18n'

export type Tone = 'ok' | 'accent' | 'amber' | 'red' | 'violet' | 'gold' | 'neutral'

/** Colour, icon and text together: never colour alone. */
export function Chip({ tone = 'neutral', icon, children, title }: { tone?: Tone; icon?: IconName; children: ReactNode; title?: string }) {
  return (
    <span className={`chip tone-${tone}`} title={title}>
      {icon && <Icon name={icon} size={14} />}
      <span className="chip-text">{children}</span>
    </span>
  )
}

export function Keycap({ children }: { children: ReactNode }) {
  return <kbd className="keycap">{children}</kbd>
}

/** A heading and a hairline; sections are not boxes. */
export function Section({ icon, title, count, extra, children }: { icon: IconName; title: string; count?: number | string; extra?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      <h3 className="section-head">
        <Icon name={icon} className="muted" />
        <span>{title}</span>
        {count !== undefined && <span className="section-count">{count}</span>}
        {extra && <span className="section-extra">{extra}</span>}
      </h3>
      {children}
    </section>
  )
}

/** One line and, where there is one, one action. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <p className="empty">
      {children}
      {action}
    </p>
  )
}

/** An error beside what it is about: octagon, words, the repair. The code is in the tooltip. */
export function ErrorLine({ problem, children, onRetry }: { problem?: unknown; children?: ReactNode; onRetry?: () => void }) {
  const { t } = useTranslation()
  const code = (problem as { code?: string } | undefined)?.code
  return (
    <p className="error-line" role="alert" title={code}>
      <Icon name="octagon" size={14} />
      <span>{children ?? problemText(problem, t)}</span>
      {onRetry && (
        <button type="button" className="link" onClick={onRetry}>
          {t('common.retry')}
        </button>
      )}
    </p>
  )
}

/** Still grey bars in the space the content will take. */
export function Skeleton({ rows = 3 }: { rows?: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} style={{ width: `${[92, 74, 84, 60][row % 4]}%` }} />
      ))}
    </div>
  )
}
