import { theme } from 'antd'
import { describe, expect, it } from 'vitest'

import { antdTheme } from '@/shared/theme/antd'
import { applyPalette, palettes, type Palette, type Scheme } from '@/shared/theme/tokens'

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const on: Array<[keyof Palette, keyof Palette]> = [
  ...(['text', 'text2', 'text3'] as const).flatMap((text) => (['surface', 'surface2', 'surface3', 'bg'] as const).map((ground) => [text, ground] as [keyof Palette, keyof Palette])),
  ...(['accent', 'ok', 'amber', 'red', 'violet', 'gold'] as const).flatMap((tone) => [[tone, 'surface'], [tone, `${tone}Weak`]] as Array<[keyof Palette, keyof Palette]>),
  ['text2', 'accentWeak'],
]

describe.each(['light', 'dark'] as Scheme[])('colours, %s', (scheme) => {
  const palette = palettes[scheme]
  it.each(on)('%s on %s can be read', (text, ground) => {
    expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5)
  })
  it.each(['fillAccent', 'fillAccentHover', 'fillOk', 'fillAmber', 'fillRed'] as const)('white on %s can be read', (fill) => {
    expect(contrast('#FFFFFF', palette[fill])).toBeGreaterThanOrEqual(4.5)
  })
  it.each(['colorPrimary', 'colorPrimaryHover', 'colorPrimaryActive'] as const)('white on a main button in %s can be read', (state) => {
    expect(contrast('#FFFFFF', theme.getDesignToken(antdTheme(scheme, false))[state])).toBeGreaterThanOrEqual(4.5)
  })
  it('edges of fields can be seen', () => {
    expect(contrast(palette.line2, palette.surface)).toBeGreaterThanOrEqual(3)
  })
})

describe('the palette', () => {
  it('becomes custom properties named as the design names them', () => {
    applyPalette('dark')
    const style = document.documentElement.style
    expect(style.getPropertyValue('--surface-2')).toBe(palettes.dark.surface2)
    expect(style.getPropertyValue('--accent-weak')).toBe(palettes.dark.accentWeak)
    expect(document.documentElement.dataset.theme).toBe('dark')
  })
})
