import { theme, type ThemeConfig } from 'antd'

import { palettes, type Scheme } from './tokens'

/** Ant Design's tokens from ours. The primary colour is the fill; links and info take the text accent. */
export function antdTheme(scheme: Scheme, reducedMotion: boolean): ThemeConfig {
  const p = palettes[scheme]
  return {
    algorithm: scheme === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    hashed: false,
    token: {
      colorPrimary: p.fillAccent,
      // Ant's own is so light under the pointer that white on it is hard to read.
      colorPrimaryHover: p.fillAccentHover,
      colorInfo: p.accent,
      colorLink: p.accent,
      colorSuccess: p.ok,
      colorWarning: p.amber,
      colorError: p.red,
      colorBgLayout: p.bg,
      colorBgContainer: p.surface,
      colorBgElevated: p.surface,
      colorFillAlter: p.surface2,
      colorFillSecondary: p.surface3,
      colorBorderSecondary: p.line,
      colorBorder: p.line2,
      colorText: p.text,
      colorTextSecondary: p.text2,
      colorTextTertiary: p.text3,
      colorTextPlaceholder: p.text3,
      colorTextDescription: p.text3,
      fontFamily: 'var(--fonts)',
      fontSize: 14,
      fontSizeSM: 12,
      controlHeight: 32,
      controlHeightSM: 28,
      borderRadius: 6,
      borderRadiusSM: 4,
      borderRadiusLG: 8,
      motion: !reducedMotion,
      motionDurationFast: '0.08s',
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.12s',
      wireframe: false,
    },
    components: {
      Button: { defaultShadow: 'none', primaryShadow: 'none', dangerShadow: 'none', fontWeight: 400 },
      Tooltip: { colorBgSpotlight: scheme === 'dark' ? p.surface3 : p.text, colorTextLightSolid: '#FFFFFF', fontSize: 13 },
      Slider: {
        trackBg: p.accent,
        trackHoverBg: p.accent,
        railBg: p.surface3,
        railHoverBg: p.surface3,
        handleColor: p.accent,
        handleActiveColor: p.accent,
        dotActiveBorderColor: p.accent,
      },
      Input: { activeShadow: `0 0 0 1px ${p.accent}`, activeBorderColor: p.accent, hoverBorderColor: p.text3 },
      Select: { activeBorderColor: p.accent, hoverBorderColor: p.text3, optionSelectedBg: p.accentWeak },
    },
  }
}
