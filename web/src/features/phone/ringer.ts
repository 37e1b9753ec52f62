import { getPrefs } from '@/shared/prefs/prefs'
import { getDevices, soundOn } from './checkKept'

type Note = readonly [delay: number, frequency: number, seconds: number]

const ring: readonly Note[] = [
  [0, 660, 0.2],
  [0.22, 880, 0.2],
  [0.6, 660, 0.2],
  [0.82, 880, 0.2],
]
/** A call that is taken by itself: heard in the headset before the customer is. */
const whisper: readonly Note[] = [
  [0, 990, 0.12],
  [0.18, 1320, 0.12],
]
const test: readonly Note[] = [
  [0, 523, 0.3],
  [0.35, 659, 0.3],
  [0.7, 784, 0.5],
]
const loud = 0.16

function play(context: AudioContext, notes: readonly Note[]): void {
  const at = context.currentTime + 0.02
  for (const [delay, frequency, seconds] of notes) {
    const tone = context.createOscillator()
    const gain = context.createGain()
    tone.type = 'sine'
    tone.frequency.value = frequency
    gain.gain.setValueAtTime(0, at + delay)
    gain.gain.linearRampToValueAtTime(loud, at + delay + 0.015)
    gain.gain.exponentialRampToValueAtTime(0.001, at + delay + seconds)
    tone.connect(gain).connect(context.destination)
    tone.start(at + delay)
    tone.stop(at + delay + seconds + 0.02)
  }
}

async function playOnce(notes: readonly Note[], device: string): Promise<void> {
  const context = new AudioContext()
  soundOn(context, device)
  try {
    // Kept back until the page is touched: what could not be heard then is not worth hearing later.
    if (context.state === 'suspended') await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 300))])
    play(context, notes)
    const last = Math.max(...notes.map(([delay, , seconds]) => delay + seconds))
    await new Promise((done) => setTimeout(done, last * 1_000 + 150))
  } finally {
    await context.close()
  }
}

export const playWhisper = (): Promise<void> => playOnce(whisper, getDevices().speaker)
/** A tone to know a device by. */
export const playTest = (device: string): Promise<void> => playOnce(test, device)
export const playRing = (device: string): Promise<void> => playOnce(ring, device)

/** The ring of the browser phone: two soft notes every 3 s, made on the spot so that nothing has to be loaded. */
export class Ringer {
  private context: AudioContext | null = null
  private timer: ReturnType<typeof setInterval> | undefined
  private readonly unlock = () => this.resume()

  start(): void {
    if (this.timer !== undefined) return
    this.context ??= new AudioContext()
    soundOn(this.context, getDevices().ring)
    // After a reload the browser keeps sound back until the first key or click.
    if (this.context.state === 'suspended') {
      this.resume()
      window.addEventListener('pointerdown', this.unlock, { once: true })
      window.addEventListener('keydown', this.unlock, { once: true })
    }
    this.ring()
    this.timer = setInterval(() => this.ring(), 3_000)
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
    window.removeEventListener('pointerdown', this.unlock)
    window.removeEventListener('keydown', this.unlock)
    void this.context?.close().catch(() => undefined)
    this.context = null
  }

  private ring(): void {
    if (!this.context || !getPrefs().ring) return
    this.resume()
    play(this.context, ring)
  }

  /** Kept waiting until the page is touched; refused when the ringing ends before that. */
  private resume(): void {
    void this.context?.resume().catch(() => undefined)
  }
}
