import { describe, expect, it } from 'vitest'

import { nearest, panelWidths, stepped, toggled } from '@/shared/prefs/panel'

describe('the tools beside the work area', () => {
  it('are at most two: a third takes the place of the one opened first', () => {
    expect(toggled([], 'trail')).toEqual(['trail'])
    expect(toggled(['trail'], 'script')).toEqual(['trail', 'script'])
    expect(toggled(['trail', 'script'], 'offer')).toEqual(['script', 'offer'])
  })

  it('close when asked for again', () => {
    expect(toggled(['trail', 'script'], 'trail')).toEqual(['script'])
  })

  it('snap to the widths there are', () => {
    expect(nearest(90, panelWidths)).toBe(0)
    expect(nearest(333, panelWidths)).toBe(344)
    expect(nearest(2000, panelWidths)).toBe(560)
  })

  it('step from width to width and no further', () => {
    expect(stepped(344, panelWidths, 1)).toBe(440)
    expect(stepped(560, panelWidths, 1)).toBe(560)
    expect(stepped(320, panelWidths, -1)).toBe(0)
  })
})
