import { useTranslation } from 'react-i18next'

import type { Segment } from '@/shared/api/types'
import { clock, length } from '@/shared/time/format'
import { interactionLook } from '@/shared/ui/agentState'
import { Icon } from '@/shared/ui/Icon'

/** The life of a contact to scale, and the same in words below. */
export function SegmentBar({ segments }: { segments: readonly Segment[] }) {
  const { t } = useTranslation()
  return (
    <div className="segments">
      <div className="segment-bar" aria-hidden="true">
        {segments.map((one) => (
          <span
            key={`${one.kind}/${one.started_at}`}
            className={`segment fill-${one.kind}`}
            style={{ flexGrow: Math.max(one.seconds ?? 0, 0.01) }}
            title={`${t(`segment.${one.kind}`)} ${length(one.seconds ?? 0)}`}
          />
        ))}
      </div>
      <ol className="segment-list">
        {segments.map((one) => (
          <li key={`${one.kind}/${one.started_at}`}>
            <span className={`segment-mark fill-${one.kind}`} />
            <Icon name={interactionLook(one.kind).icon} size={14} />
            <span>{t(`segment.${one.kind}`)}</span>
            <b>{one.seconds === null ? t('segment.running') : length(one.seconds)}</b>
            <span className="muted">
              {clock(one.started_at)}
              {one.agent ? ` · ${one.agent.number}` : ''}
              {one.kind === 'queue' && one.queue ? ` · ${one.queue.name}` : ''}
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}
