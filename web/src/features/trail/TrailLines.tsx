import { memo, type ReactNode } from 'react'

import { clock } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import type { Line } from './describe'

/** Read downwards, newest at the bottom. `tail` is what is going on now. */
export function TrailLines({ lines, tail }: { lines: readonly Line[]; tail?: ReactNode }) {
  return (
    <ol className="trail">
      <Past lines={lines} />
      {tail}
    </ol>
  )
}

/** What has happened; the clock of what is going on does not draw it again. */
const Past = memo(function Past({ lines }: { lines: readonly Line[] }) {
  return (
    <>
      {lines.map((line, index) => (
        // Lines are only ever appended, so the place is the identity.
        <li key={`${line.at}/${index}`} data-testid="trail-line">
          <time dateTime={line.at}>{clock(line.at)}</time>
          <Icon name={line.icon} size={14} />
          <span className={line.quote ? 'trail-quote' : line.tone ? `text-${line.tone}` : undefined}>{line.text}{line.thing && <> <b>{line.thing}</b></>}</span>
        </li>
      ))}
    </>
  )
})
