/** Colours of the desktop, light and dark; every text pair measured for contrast (WCAG 2.2, 1.4.3 and 1.4.11). */

export type Scheme = 'light' | 'dark'

export interface Palette {
  bg: string
  surface: string
  surface2: string
  surface3: string
  line: string
  line2: string
  text: string
  text2: string
  text3: string
  accent: string
  accentWeak: string
  ok: string
  okWeak: string
  amber: string
  amberWeak: string
  red: string
  redWeak: string
  violet: string
  violetWeak: string
  gold: string
  goldWeak: string
  /** Solid fills that carry white text: never used as text colours. */
  fillAccent: string
  fillAccentHover: string
  fillOk: string
  fillAmber: string
  fillRed: string
  logo: string
  logoText: string
}

export const palettes: Record<Scheme, Palette> = {
  light: {
    bg: '#F1F3F6',
    surface: '#FFFFFF',
    surface2: '#F7F8FA',
    surface3: '#ECEEF2',
    line: '#DFE3E9',
    line2: '#828A98',
    text: '#18202E',
    text2: '#465063',
    text3: '#626C7E',
    accent: '#1D56C9',
    accentWeak: '#E8EFFC',
    ok: '#08704F',
    okWeak: '#E3F4EC',
    amber: '#8A5200',
    amberWeak: '#FCF1DC',
    red: '#B42A20',
    redWeak: '#FCEAE7',
    violet: '#6A3DA8',
    violetWeak: '#F1EAFA',
    gold: '#7A5A00',
    goldWeak: '#FAF0CF',
    fillAccent: '#1D56C9',
    fillAccentHover: '#2F66D6',
    fillOk: '#0A7A57',
    fillAmber: '#8A5200',
    fillRed: '#BF3328',
    logo: '#18202E',
    logoText: '#FFFFFF',
  },
  dark: {
    bg: '#0F131A',
    surface: '#171C25',
    surface2: '#1C222D',
    surface3: '#262D3A',
    line: '#2B3341',
    line2: '#6F7A8C',
    text: '#E4E8EE',
    text2: '#B3BCC9',
    text3: '#929CAC',
    accent: '#86AEFA',
    accentWeak: '#1B2B4A',
    ok: '#52C79A',
    okWeak: '#15312A',
    amber: '#E6AE55',
    amberWeak: '#352A16',
    red: '#F58C80',
    redWeak: '#3B1F1E',
    violet: '#BFA1F0',
    violetWeak: '#2B2340',
    gold: '#E5C86A',
    goldWeak: '#332C15',
    fillAccent: '#2F66D0',
    fillAccentHover: '#3A70D8',
    fillOk: '#0E7F5C',
    fillAmber: '#8F5A0A',
    fillRed: '#BF3A2F',
    logo: '#E4E8EE',
    logoText: '#0F131A',
  },
}

/** CSS custom properties, `--surface-2` for `surface2`; written before the first paint. */
export function applyPalette(scheme: Scheme, root: HTMLElement = document.documentElement): void {
  for (const [name, value] of Object.entries(palettes[scheme])) {
    const kebab = name.replace(/([A-Z]|\d)/g, (part) => `-${part.toLowerCase()}`)
    root.style.setProperty(`--${kebab}`, value)
  }
  root.dataset.theme = scheme
  root.style.colorScheme = scheme
}
