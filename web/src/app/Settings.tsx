import { Popover, Segmented, Switch } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { setLanguage, type Language } from '@/shared/i18n'
import { runAction } from '@/shared/keys/actions'
import { setPrefs, usePrefs, type Prefs } from '@/shared/prefs/prefs'
import { toast } from '@/shared/ui/toasts'

/** What one person sets for this machine. */
export function Settings({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const prefs = usePrefs()
  const [open, setOpen] = useState(false)
  const notes = async (wanted: boolean) => {
    if (wanted && 'Notification' in window && (await Notification.requestPermission()) !== 'granted') {
      toast(t('settings.notesDenied'))
      return
    }
    setPrefs({ notes: wanted })
  }
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger={['click']}
      placement="rightBottom"
      content={
        <div className="settings">
          <h2>{t('settings.title')}</h2>
          <div className="settings-row">
            <span>{t('settings.language')}</span>
            <Segmented<Language>
              value={prefs.language}
              onChange={(language) => {
                setPrefs({ language })
                setLanguage(language)
              }}
              options={[
                { value: 'zh', label: '中文' },
                { value: 'en', label: 'English' },
              ]}
            />
          </div>
          <div className="settings-row">
            <span>{t('settings.theme')}</span>
            <Segmented<Prefs['theme']>
              value={prefs.theme}
              onChange={(theme) => setPrefs({ theme })}
              options={(['light', 'dark', 'system'] as const).map((value) => ({ value, label: t(`settings.${value}`) }))}
            />
          </div>
          <h3 className="settings-part">{t('alerts.title')}</h3>
          <Toggle label={t('alerts.sound')} on={prefs.ring} onChange={(ring) => setPrefs({ ring })} />
          <Toggle label={t('alerts.flash')} on={prefs.flash} onChange={(flash) => setPrefs({ flash })} />
          <Toggle label={t('settings.notes')} on={prefs.notes} onChange={(on) => void notes(on)} />
          <button
            type="button"
            className="link"
            data-testid="open-keys"
            onClick={() => {
              setOpen(false)
              runAction('help')
            }}
          >
            {t('keySettings.open')}
          </button>
        </div>
      }
    >
      {children}
    </Popover>
  )
}

function Toggle({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <div className="settings-row">
      <span>{label}</span>
      <Switch size="small" checked={on} onChange={onChange} aria-label={label} />
    </div>
  )
}
