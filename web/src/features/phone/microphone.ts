import { getDevices } from './checkKept'
import type { PhoneEvent } from './reducer'

/** Let the microphone go: the browser's mark of its use goes out. */
export function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

/** What that microphone picks up; one that was pulled out since gives way to the system's. */
export const soundOf = (device: string): Promise<MediaStream> =>
  navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...(device ? { deviceId: { ideal: device } } : {}) },
    video: false,
  })

/** Sound from the agent's microphone; says what is wrong when there is none. */
export async function openMicrophone(dispatch: (event: PhoneEvent) => void): Promise<MediaStream> {
  try {
    const stream = await soundOf(getDevices().microphone)
    dispatch({ type: 'microphone', microphone: 'ok', device: stream.getAudioTracks()[0]?.label || null })
    return stream
  } catch (error) {
    const denied = error instanceof DOMException && ['NotAllowedError', 'SecurityError'].includes(error.name)
    dispatch({ type: 'microphone', microphone: denied ? 'denied' : 'missing', device: null })
    throw error
  }
}
