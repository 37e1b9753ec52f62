import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, type Problem } from '@/shared/api/client'
import type { RecordingRef } from '@/shared/api/types'
import { dayTime, timer } from '@/shared/time/format'
import { serverNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine } from '@/shared/ui/parts'
import { pausedAt, type Peaks } from './wave'
import { Waveform } from './Waveform'

const speeds = [0.75, 1, 1.25, 1.5, 2]
const buckets = 320

/** Ogg Opus is what is kept; a browser that cannot play it is given WAV. */
const wanted = () => (document.createElement('audio').canPlayType('audio/ogg; codecs=opus') ? '' : '?format=wav')

/** Plays one recording. The sound is fetched with the bearer on the first play and kept as a blob, so seeking is free. */
export function RecordingPlayer({ recording, startedAt }: { recording: RecordingRef; startedAt?: string }) {
  const { t, i18n } = useTranslation()
  const audio = useRef<HTMLAudioElement>(null)
  const [source, setSource] = useState<string | null>(null)
  const [loading, setLoading] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const [playing, setPlaying] = useState(false)
  const [at, setAt] = useState(0)
  const [speed, setSpeed] = useState(1)
  const [total, setTotal] = useState(recording.duration_ms / 1000)
  const peaks = useQuery({
    queryKey: ['peaks', recording.id],
    queryFn: ({ signal }) => api.get<Peaks>(`/recordings/${recording.id}/peaks`, { buckets }, signal),
    staleTime: Infinity,
    retry: (count, error) => ((error as Problem).status === 0 || (error as Problem).status >= 502) && count < 3,
  })
  const erased = (peaks.error as Problem | null)?.code === 'recording_erased'

  useEffect(() => {
    if (source) return () => URL.revokeObjectURL(source)
  }, [source])

  const load = async () => {
    setLoading(true)
    setProblem(null)
    try {
      const blob = await api.blob(`/recordings/${recording.id}/audio${wanted()}`)
      setSource(URL.createObjectURL(blob))
    } catch (error) {
      setProblem(error)
    } finally {
      setLoading(false)
    }
  }

  // The element knows its source only after the render that carries it.
  useEffect(() => {
    if (source) void audio.current?.play().catch(() => undefined)
  }, [source])

  const toggle = () => {
    const element = audio.current
    if (!source) void load()
    else if (element?.paused) void element.play()
    else element?.pause()
  }

  const seek = (seconds: number) => {
    const element = audio.current
    const to = Math.min(Math.max(0, seconds), total)
    if (element && source) element.currentTime = to
    setAt(to)
  }

  if (erased) return <Empty>{t('problem.recording_erased')}</Empty>
  return (
    <div className="player" data-testid="recording-player" data-loaded={source !== null} data-playing={playing}>
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- recordings have no transcript yet */}
      <audio
        ref={audio}
        src={source ?? undefined}
        data-testid="recording-audio"
        onPlay={({ currentTarget }) => {
          currentTarget.playbackRate = speed
          if (Math.abs(currentTarget.currentTime - at) > 0.5) currentTarget.currentTime = at
          setPlaying(true)
        }}
        onPause={() => setPlaying(false)}
        onEnded={() => {
          setPlaying(false)
          setAt(0)
        }}
        onTimeUpdate={({ currentTarget }) => setAt(currentTarget.currentTime)}
        onLoadedMetadata={({ currentTarget }) => Number.isFinite(currentTarget.duration) && setTotal(currentTarget.duration)}
        onError={() => source && setProblem({ code: 'audio_unreadable' })}
      />
      <button
        type="button"
        className="player-play"
        aria-label={t(playing ? 'player.pause' : 'player.play')}
        aria-busy={loading}
        disabled={loading}
        data-testid="recording-play"
        onClick={toggle}
      >
        <Icon name={playing ? 'pause' : 'play'} size={18} />
      </button>
      <span className="player-time">{timer(at)}</span>
      <Waveform peaks={peaks.data} at={at} total={total} onSeek={seek} onToggle={toggle} />
      <span className="player-time">{timer(total)}</span>
      <Select
        value={speed}
        aria-label={t('player.speed')}
        data-testid="recording-speed"
        options={speeds.map((value) => ({ value, label: `${value}×` }))}
        onChange={(value: number) => {
          setSpeed(value)
          if (audio.current) audio.current.playbackRate = value
        }}
      />
      {startedAt && <span className="muted player-when">{dayTime(startedAt, serverNow(), i18n.language)}</span>}
      {pausedAt(peaks.data, at) && <span className="player-note" role="status">{t('player.notKept')}</span>}
      {problem !== null ? (
        <ErrorLine problem={problem} onRetry={() => void load()} />
      ) : (
        peaks.isError && <ErrorLine problem={peaks.error} onRetry={() => void peaks.refetch()} />
      )}
    </div>
  )
}
