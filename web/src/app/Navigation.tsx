import { useNavigate, useRouterState } from '@tanstack/react-router'
import { Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import type { Person } from '@/shared/api/types'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { useMedia } from '@/shared/ui/useMedia'
import { allowedSections, profile, within } from './pages'
import { Settings } from './Settings'

export function Navigation({ person }: { person: Person }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const items = allowedSections(person)
  return (
    <nav className="nav" aria-label={t('nav.title')} data-region="nav">
      <div className="nav-pages">
        {items.map(({ id, icon, name, pages }) => (
          <Item
            key={id}
            id={id}
            icon={icon}
            name={t(name)}
            current={pages.some((page) => within(path, page))}
            onClick={() => pages[0] && void navigate({ to: pages[0].path })}
          />
        ))}
      </div>
      <Item id="profile" icon="person" name={t(profile.name)} current={within(path, profile)} onClick={() => void navigate({ to: profile.path })} />
      <Settings>
        <button type="button" className="nav-item" aria-label={t('settings.title')} data-testid="nav-settings">
          <Icon name="gear" size={20} />
          <span>{t('settings.title')}</span>
        </button>
      </Settings>
    </nav>
  )
}

function Item({ id, icon, name, current, onClick }: { id: string; icon: IconName; name: string; current: boolean; onClick: () => void }): ReactNode {
  // The names stand below the icons where there is room for them.
  const narrow = useMedia('(width < 1300px)')
  return (
    <Tooltip title={narrow ? name : ''} placement="right" mouseEnterDelay={0.4}>
      <button type="button" className="nav-item" aria-current={current ? 'page' : undefined} aria-label={name} data-testid={`nav-${id}`} onClick={onClick}>
        <Icon name={icon} size={20} />
        <span>{name}</span>
      </button>
    </Tooltip>
  )
}
