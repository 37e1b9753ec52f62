import { useTranslation } from 'react-i18next'

import { setLanguage } from '../i18n'
import { Icon } from '../ui/Icon'
import { setPrefs, usePrefs, useSystemDark } from './prefs'

/** The other language, named in that language. */
export function LanguageSwitch() {
  const { language } = usePrefs()
  const other = language === 'zh' ? 'en' : 'zh'
  return (
    <button
      type="button"
      className="icon-button icon-text"
      lang={other === 'zh' ? 'zh-CN' : 'en'}
      data-testid="language"
      onClick={() => {
        setPrefs({ language: other })
        setLanguage(other)
      }}
    >
      <Icon name="globe" size={18} />
      {other === 'zh' ? '中文' : 'English'}
    </button>
  )
}

export function ThemeSwitch({ labelled = true }: { labelled?: boolean }) {
  const { t } = useTranslation()
  const { theme } = usePrefs()
  const systemDark = useSystemDark()
  const dark = theme === 'dark' || (theme === 'system' && systemDark)
  const label = t(dark ? 'settings.toLight' : 'settings.toDark')
  return (
    <button
      type="button"
      className="icon-button icon-text"
      aria-label={label}
      title={label}
      data-testid="theme"
      onClick={() => setPrefs({ theme: dark ? 'light' : 'dark' })}
    >
      <Icon name={dark ? 'sun' : 'moon'} size={18} />
      {labelled && label}
    </button>
  )
}
