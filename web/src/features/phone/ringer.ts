/** The ring of the browser phone: two soft notes every 3 s, made on the spot so that nothing has to be loaded. */
export class Ringer {
  private context: AudioContext | null = null
  private timer: ReturnType<typeof setInterval> | undefined
  private readonly unlock = () => void this.context?.resume()

  start(): void {
    if (this.timer !== undefined) return
    this.context ??= new AudioContext()
    // After a reload the browser keeps sound back until the first key or click.
    if (this.context.state === 'suspended') {
      void this.context.resume()
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
    void this.context?.suspend()
  }

  private ring(): void {
    const context = this.context
    if (!context) return
    void context.resume()
    const at = context.currentTime + 0.02
    for (const [delay, frequency] of [
      [0, 660],
      [0.22, 880],
      [0.6, 660],
      [0.82, 880],
    ] as const) {
      const tone = context.createOscillator()
      const gain = context.createGain()
      tone.type = 'sine'
      tone.frequency.value = frequency
      gain.gain.setValueAtTime(0, at + delay)
      gain.gain.linearRampToValueAtTime(0.16, at + delay + 0.015)
      gain.gain.exponentialRampToValueAtTime(0.001, at + delay + 0.2)
      tone.connect(gain).connect(context.destination)
      tone.start(at + delay)
      tone.stop(at + delay + 0.22)
    }
  }
}
