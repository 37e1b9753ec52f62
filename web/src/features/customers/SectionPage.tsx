import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import { Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { useEscape } from './useEscape'

interface Props {
  title: string
  hint?: string
  /** Buttons at the end of the title. */
  acts?: ReactNode
  query: { isPending: boolean; isError: boolean; error: unknown; data?: unknown; refetch: () => unknown }
  /** One line instead of the content when there is nothing. */
  empty?: string
  emptyAction?: ReactNode
  /** A panel beside the content. */
  side?: ReactNode
  children: ReactNode
}

/** One of the other places of customers: title, then content, nothing, or what is wrong. */
export function SectionPage({ title, hint, acts, query, empty, emptyAction, side, children }: Props) {
  const patience = usePatience(query.isPending)
  const navigate = useNavigate()
  useEscape(() => void navigate({ to: '/customers' }))
  return (
    <div className="section-page" data-region="work">
      <header className="section-page-head">
        <h1 className="page-title">
          {title}
          {hint && <small>{hint}</small>}
        </h1>
        {acts && <span className="section-page-acts">{acts}</span>}
      </header>
      <div className={`record-body ${side ? 'with-side' : ''}`}>
        <div className="section-page-body">
          {query.isPending && patience !== 'none' && <Skeleton rows={6} />}
          {query.isError && query.data === undefined && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
          {empty && <Empty action={emptyAction}>{empty}</Empty>}
          {!empty && query.data !== undefined && children}
        </div>
        {side}
      </div>
    </div>
  )
}
