import { useCallback, useEffect, useRef, useState } from 'react'

/** Longer than a prompt may be by a breath: the centre says it, not the browser. */
const longest_seconds = 305

type State = { kind: 'idle' } | { kind: 'asking' } | { kind: 'recording'; since: number } | { kind: 'done'; sound: Blob } | { kind: 'failed'; reason: 'microphoneDenied' | 'microphoneMissing' }

/** What is said into the browser's microphone, as it is: nothing is taken out, the centre levels it. */
export function useMicrophone() {
  const [state, setState] = useState<State>({ kind: 'idle' })
  const recorder = useRef<MediaRecorder | null>(null)
  const stream = useRef<MediaStream | null>(null)
  const alive = useRef(true)

  const release = useCallback(() => {
    for (const track of stream.current?.getTracks() ?? []) track.stop()
    stream.current = null
    recorder.current = null
  }, [])
  useEffect(() => {
    alive.current = true
    return () => {
      alive.current = false
      if (recorder.current?.state === 'recording') recorder.current.stop()
      release()
    }
  }, [release])

  const start = useCallback(async () => {
    setState({ kind: 'asking' })
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, autoGainControl: false, noiseSuppression: false, echoCancellation: false } })
      stream.current = opened
      if (!alive.current) {
        release()
        return
      }
      const made = new MediaRecorder(opened)
      recorder.current = made
      const pieces: Blob[] = []
      made.addEventListener('dataavailable', ({ data }) => pieces.push(data))
      made.addEventListener('stop', () => {
        release()
        if (alive.current) setState({ kind: 'done', sound: new Blob(pieces, { type: made.mimeType }) })
      })
      made.start()
      setState({ kind: 'recording', since: Date.now() })
      setTimeout(() => made.state === 'recording' && made.stop(), longest_seconds * 1000)
    } catch (error) {
      release()
      const denied = error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'SecurityError')
      if (alive.current) setState({ kind: 'failed', reason: denied ? 'microphoneDenied' : 'microphoneMissing' })
    }
  }, [release])
  const stop = useCallback(() => recorder.current?.state === 'recording' && recorder.current.stop(), [])
  const reset = useCallback(() => setState({ kind: 'idle' }), [])
  return { state, start, stop, reset }
}
