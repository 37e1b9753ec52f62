import { useState, type CSSProperties, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { Empty, Section, Skeleton } from '@/shared/ui/parts'
import type { Loaded } from './sections'

/**
 * A section whose place is its own from the first paint: what comes, and how much of it, moves nothing. Only who asks
 * for all of it makes it grow.
 */
export function Box({
  name,
  icon,
  title,
  count,
  more = false,
  wide = false,
  extra,
  children,
}: {
  name: string
  icon: IconName
  title: string
  count?: number
  /** There is more than its rows hold. */
  more?: boolean
  wide?: boolean
  extra?: ReactNode
  children: (all: boolean) => ReactNode
}) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  return (
    <div className={`box ${wide ? 'box-wide' : ''}`} data-box={name} data-testid={`box-${name}`}>
      <Section
        icon={icon}
        title={title}
        count={count || undefined}
        extra={
          <>
            {extra}
            {(more || all) && (
              <button type="button" className="link" aria-expanded={all} onClick={() => setAll(!all)}>
                {t(all ? 'common.fewer' : 'common.all')}
              </button>
            )}
          </>
        }
      >
        {children(all)}
      </Section>
    </div>
  )
}

/** The rows of one thing that was asked for: them, or why they are not there, in the height kept for them. */
export function Rows<T>({
  of,
  rows,
  all = false,
  empty,
  children,
}: {
  of: Loaded<T>
  rows: number
  all?: boolean
  empty: string
  children: (items: T[]) => ReactNode
}) {
  const { items } = of
  return (
    <div className={`box-rows ${all ? 'box-all' : ''}`} style={{ '--rows': rows } as CSSProperties} data-state={of.trouble ?? (items ? 'ready' : 'waiting')}>
      {of.trouble && !items && <TroubleLine of={of} />}
      {items && (items.length > 0 ? children(all ? items : items.slice(0, rows)) : <Empty>{empty}</Empty>)}
      {!items && !of.trouble && of.skeleton && <Skeleton rows={rows} />}
    </div>
  )
}

/** What is missing, that nothing else waits for it, and the way to ask again. */
export function TroubleLine<T>({ of }: { of: Loaded<T> }) {
  const { t } = useTranslation()
  return (
    <p className={`trouble ${of.trouble === 'failed' ? 'text-red' : 'text-amber'}`} role="status" data-testid="trouble">
      <Icon name={of.trouble === 'failed' ? 'octagon' : 'clock'} size={14} />
      <span className="ellipsis" title={t(`view.trouble.${of.trouble}`)}>
        {t(`view.trouble.${of.trouble}`)}
      </span>
      <button type="button" className="link" disabled={of.busy && of.trouble !== 'slow'} onClick={of.retry}>
        {t(of.busy && of.trouble !== 'slow' ? 'view.retrying' : 'common.retry')}
      </button>
    </p>
  )
}

export function Status({ tone, icon, children }: { tone?: 'ok' | 'accent' | 'amber' | 'red' | 'neutral'; icon?: IconName; children: ReactNode }) {
  return (
    <span className={`status ${tone && tone !== 'neutral' ? `text-${tone}` : 'muted'}`}>
      {icon && <Icon name={icon} size={14} />}
      {children}
    </span>
  )
}
