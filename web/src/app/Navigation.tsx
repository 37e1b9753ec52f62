import { useNavigate, useRouterState } from '@tanstack/react-router'
import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Person } from '@/shared/api/types'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { useMedia } from '@/shared/ui/useMedia'
import { Settings } from './Settings'

const pages: Array<{ path: '/desk' | '/interactions'; icon: IconName; name: string; permission: string }> = [
  { path: '/desk', icon: 'headset', name: 'nav.desk', permission: 'agent.work' },
  { path: '/interactions', icon: 'list', name: 'nav.interactions', permission: 'interactions.read' },
]

export const allowedPages = (person: Person) => pages.filter((page) => person.permissions.includes(page.permission))

export function Navigation({ person }: { person: Person }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  // The names stand below the icons where there is room for them.
  const narrow = useMedia('(width < 1300px)')
  const path = useRouterState({ select: (state) => state.location.pathname })
  return (
    <nav className="nav" aria-label={t('nav.title')} data-region="nav">
      {allowedPages(person).map((page) => (
        <Tooltip key={page.path} title={narrow ? t(page.name) : ''} placement="right" mouseEnterDelay={0.4}>
          <button
            type="button"
            className="nav-item"
            aria-current={path.startsWith(page.path) ? 'page' : undefined}
            aria-label={t(page.name)}
            data-testid={`nav-${page.path.slice(1)}`}
            onClick={() => void navigate({ to: page.path })}
          >
            <Icon name={page.icon} size={20} />
            <span>{t(page.name)}</span>
          </button>
        </Tooltip>
      ))}
      <span className="nav-gap" />
      <Settings>
        <button type="button" className="nav-item" aria-label={t('settings.title')} data-testid="nav-settings">
          <Icon name="gear" size={20} />
          <span>{t('settings.title')}</span>
        </button>
      </Settings>
    </nav>
  )
}
