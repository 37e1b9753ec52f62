import { describe, expect, it } from 'vitest'

import { height, moved, outline, pausedAt, secondsAt } from '@/features/interactions/wave'

describe('the waveform of a recording', () => {
  it('shows a voice at a tenth of full scale more than half as high as full scale', () => {
    expect(height(255)).toBe(1)
    expect(height(26)).toBeGreaterThan(0.5)
    expect(height(0)).toBe(0)
    expect(height(1)).toBe(0)
  })

  it('has a bar for each bucket, also where it is silent', () => {
    expect(outline([0, 255, 0], 15, 14).match(/M/g)).toHaveLength(3)
    expect(outline([255], 15, 14)).toBe('M0.15 1h.7v28h-.7z')
  })

  it('is clicked where the sound is, and no further than its ends', () => {
    const box = { left: 100, width: 200 }
    expect(secondsAt(150, box, 60)).toBe(15)
    expect(secondsAt(0, box, 60)).toBe(0)
    expect(secondsAt(900, box, 60)).toBe(60)
    expect(secondsAt(150, { left: 0, width: 0 }, 60)).toBe(0)
  })

  it('moves by keys', () => {
    expect(moved('ArrowRight', 10, 60)).toBe(15)
    expect(moved('ArrowLeft', 3, 60)).toBe(0)
    expect(moved('PageUp', 40, 60)).toBe(60)
    expect(moved('Home', 40, 60)).toBe(0)
    expect(moved('End', 40, 60)).toBe(60)
    expect(moved('a', 40, 60)).toBeNull()
  })

  it('knows where nothing was kept', () => {
    const peaks = { duration_ms: 10_000, said: [], heard: [], pauses: [[2_000, 4_000]] as Array<[number, number]> }
    expect([1.9, 2, 3.9, 4].map((at) => pausedAt(peaks, at))).toEqual([false, true, true, false])
    expect(pausedAt(undefined, 3)).toBe(false)
  })
})
