import { useId, useMemo, useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { timer } from '@/shared/time/format'
import { moved, outline, pausedAt, secondsAt, type Peaks } from './wave'

/** Both channels, the customer above, and where playing has got to; a slider for mouse and keys. */
export function Waveform({ peaks, at, total, onSeek, onToggle }: { peaks: Peaks | undefined; at: number; total: number; onSeek: (seconds: number) => void; onToggle: () => void }) {
  const { t } = useTranslation()
  const hatching = useId()
  const track = useRef<SVGSVGElement>(null)
  const count = peaks?.said.length ?? 1
  const said = useMemo(() => outline(peaks?.said ?? [], 15, 14), [peaks])
  const heard = useMemo(() => outline(peaks?.heard ?? [], 45, 14), [peaks])
  const played = total > 0 ? Math.min(1, at / total) * count : 0

  const follow = ({ clientX }: PointerEvent) => {
    const box = track.current?.getBoundingClientRect()
    if (box) onSeek(secondsAt(clientX, box, total))
  }
  const press = (event: KeyboardEvent) => {
    const to = moved(event.key, at, total)
    if (event.key === ' ') onToggle()
    else if (to !== null) onSeek(to)
    else return
    event.preventDefault()
  }

  return (
    <div className="wave">
      <span className="wave-names" aria-hidden="true">
        <span>{t('player.said')}</span>
        <span>{t('player.heard')}</span>
      </span>
      <div
        className="wave-track"
        role="slider"
        tabIndex={0}
        aria-label={t('player.position')}
        aria-valuemin={0}
        aria-valuemax={Math.round(total)}
        aria-valuenow={Math.round(at)}
        aria-valuetext={pausedAt(peaks, at) ? `${timer(at)} ${t('player.notKept')}` : timer(at)}
        aria-busy={peaks === undefined}
        data-testid="recording-wave"
        onKeyDown={press}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          follow(event)
        }}
        onPointerMove={(event) => event.buttons === 1 && follow(event)}
      >
        <svg ref={track} viewBox={`0 0 ${count} 60`} preserveAspectRatio="none" aria-hidden="true">
          <defs>
            <pattern id={hatching} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform={`scale(${count / 640} 1) rotate(45)`}>
              <rect width="2" height="6" className="wave-hatching" />
            </pattern>
            <clipPath id={`${hatching}-played`}>
              <rect width={played} height="60" />
            </clipPath>
          </defs>
          <path className="wave-middle" d={`M0 15H${count}M0 45H${count}`} vectorEffect="non-scaling-stroke" />
          <path className="wave-rest" d={said + heard} />
          <path className="wave-played" d={said + heard} clipPath={`url(#${hatching}-played)`} />
          {peaks?.pauses.map(([from, to]) => (
            <g key={from} data-testid="recording-pause">
              <title>{t('player.notKeptFrom', { from: timer(from / 1_000), to: timer(to / 1_000) })}</title>
              <rect className="wave-pause" x={(from / peaks.duration_ms) * count} width={((to - from) / peaks.duration_ms) * count} height="60" />
              <rect fill={`url(#${hatching})`} x={(from / peaks.duration_ms) * count} width={((to - from) / peaks.duration_ms) * count} height="60" />
            </g>
          ))}
          <path className="wave-at" d={`M${played} 0V60`} vectorEffect="non-scaling-stroke" />
        </svg>
      </div>
    </div>
  )
}
