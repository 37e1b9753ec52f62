import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Person } from '@/shared/api/types'
import { Icon } from '@/shared/ui/Icon'
import { Logo } from '@/shared/ui/Logo'

/** The top bar of people who take no calls. */
export function PersonBar({ person, onSignOut, children }: { person: Person; onSignOut: () => void; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <header className="phone-bar person-bar" data-region="phone">
      <span className="phone-logo">
        <Logo size={34} />
      </span>
      <span className="person-name">
        <b>{person.name}</b> {person.number}
      </span>
      {children}
      <button type="button" className="icon-button icon-text" onClick={onSignOut} data-testid="signout">
        <Icon name="exit" size={18} /> {t('session.signOut')}
      </button>
    </header>
  )
}
