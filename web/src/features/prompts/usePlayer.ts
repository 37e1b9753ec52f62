import { useCallback, useEffect, useRef, useState } from 'react'

import { api } from '@/shared/api/client'

/** Plays one sound at a time: what is asked for next ends what plays. The sound is fetched with the bearer. */
export function usePlayer() {
  const audio = useRef<HTMLAudioElement | null>(null)
  const address = useRef<string | null>(null)
  const wanted = useRef(0)
  const [playing, setPlaying] = useState<string | null>(null)
  const [problem, setProblem] = useState<unknown>(null)

  const stop = useCallback(() => {
    wanted.current += 1
    audio.current?.pause()
    audio.current = null
    if (address.current) URL.revokeObjectURL(address.current)
    address.current = null
    setPlaying(null)
  }, [])
  useEffect(() => stop, [stop])

  const play = useCallback(
    async (key: string, source: string | Blob) => {
      stop()
      setProblem(null)
      setPlaying(key)
      const ours = wanted.current
      try {
        const blob = typeof source === 'string' ? await api.blob(source) : source
        if (ours !== wanted.current) return
        address.current = URL.createObjectURL(blob)
        const element = new Audio(address.current)
        audio.current = element
        element.addEventListener('ended', () => ours === wanted.current && stop())
        element.addEventListener('error', () => {
          if (ours !== wanted.current) return
          stop()
          setProblem({ code: 'audio_unreadable' })
        })
        await element.play()
      } catch (error) {
        if (ours !== wanted.current) return
        stop()
        setProblem(error instanceof DOMException ? { code: 'audio_unreadable' } : error)
      }
    },
    [stop],
  )
  return { playing, problem, play, stop }
}

export type Player = ReturnType<typeof usePlayer>
