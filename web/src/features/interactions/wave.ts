import type { Answer } from '@/shared/api/answers'

/** How loud both channels are, in buckets of equal length, and from when to when nothing was kept (ms). */
export type Peaks = Answer<'/api/v1/recordings/{recording_id}/peaks'>

/** What is quieter than this is drawn as silence, in dB below full scale. */
const floor = -48

/** How high a bucket stands, 0 to 1: telephone voices peak near a tenth of full scale, so the scale is one of decibels. */
export function height(peak: number): number {
  if (peak <= 0) return 0
  return Math.min(1, Math.max(0, 1 - (20 * Math.log10(peak / 255)) / floor))
}

/** The outline of one channel: bars up and down from `middle`, one unit a bucket, `half` high at full scale. */
export function outline(peaks: readonly number[], middle: number, half: number): string {
  return peaks
    .map((peak, at) => {
      const reach = Math.max(0.6, height(peak) * half)
      return `M${at + 0.15} ${round(middle - reach)}h.7v${round(reach * 2)}h-.7z`
    })
    .join('')
}

const round = (value: number): number => Math.round(value * 100) / 100

/** Where in the recording a click at `x` is, in seconds. */
export function secondsAt(x: number, box: { left: number; width: number }, total: number): number {
  if (box.width <= 0) return 0
  return Math.min(1, Math.max(0, (x - box.left) / box.width)) * total
}

/** Where a key leads from `at` (seconds), null if it does not move. */
export function moved(key: string, at: number, total: number): number | null {
  const steps: Record<string, number> = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30, Home: -total, End: total }
  const step = steps[key]
  return step === undefined ? null : Math.min(total, Math.max(0, at + step))
}

/** The pause that a moment (seconds) lies in. */
export function pausedAt(peaks: Peaks | undefined, seconds: number): boolean {
  return peaks?.pauses.some(([from, to]) => seconds * 1_000 >= from && seconds * 1_000 < to) ?? false
}
