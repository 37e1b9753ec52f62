import { useTranslation } from 'react-i18next'

import type { Person } from '@/shared/api/identity'
import { LanguageSwitch, ThemeSwitch } from '@/shared/prefs/Switches'
import { Logo } from '@/shared/ui/Logo'
import { PasswordForm } from './PasswordForm'
import { signOut } from './session'

/** The password was given by somebody else: nothing works before it is one's own. */
export function ForcedPassword({ person }: { person: Person }) {
  const { t } = useTranslation()
  return (
    <main className="signin">
      <div className="signin-box" data-testid="forced-password">
        <div className="signin-title">
          <Logo size={44} />
          <div>
            <h1>{t('session.newPasswordTitle')}</h1>
            <p>{t('session.newPasswordWhy', { name: person.name })}</p>
          </div>
        </div>
        <PasswordForm username={person.username} size="large" />
        <button type="button" className="link signin-other" onClick={() => void signOut()}>
          {t('session.signOut')}
        </button>
      </div>
      <div className="signin-prefs">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </main>
  )
}
