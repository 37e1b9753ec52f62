import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { useMay } from './may'

const places = [
  { to: '/customers', icon: 'list', name: 'customers.nav.list', permission: 'customers.read' },
  { to: '/customers/merges', icon: 'merge', name: 'customers.nav.merges', permission: 'customers.merge' },
  { to: '/customers/imports', icon: 'upload', name: 'customers.nav.imports', permission: 'customers.import' },
  { to: '/customers/sources', icon: 'database', name: 'customers.nav.sources', permission: 'customers.import' },
  { to: '/customers/conflicts', icon: 'transfer', name: 'customers.nav.conflicts', permission: 'customers.import' },
  { to: '/customers/settings', icon: 'gear', name: 'customers.nav.settings', permission: 'customers.configure' },
] as const satisfies ReadonlyArray<{ to: string; icon: IconName; name: string; permission: string }>

/** The other places of the customers page; who has only the list sees no bar. */
export function SubNav({ hidden }: { hidden: boolean }) {
  const { t } = useTranslation()
  const may = useMay()
  const allowed = places.filter((place) => may(place.permission))
  if (allowed.length < 2) return null
  return (
    <nav className="subnav" inert={hidden} aria-label={t('customers.nav.title')}>
      {allowed.map((place) => (
        <Link
          key={place.to}
          to={place.to}
          className="subnav-item"
          activeOptions={{ exact: place.to === '/customers', includeSearch: false }}
          activeProps={{ 'aria-current': 'page' }}
          data-testid={`customers-nav-${place.to.split('/')[2] ?? 'list'}`}
        >
          <Icon name={place.icon} size={14} />
          {t(place.name)}
        </Link>
      ))}
    </nav>
  )
}
