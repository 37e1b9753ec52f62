import { Link, useRouterState } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import type { Person } from '@/shared/api/types'
import { Icon } from '@/shared/ui/Icon'
import { allowedSections, within } from './pages'

/** The pages of the section one is in; a section of one page needs no bar. */
export function SectionBar({ person }: { person: Person }) {
  const { t } = useTranslation()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const section = allowedSections(person).find(({ pages }) => pages.some((page) => within(path, page)))
  if (!section || section.pages.length < 2) return null
  return (
    <nav className="section-bar" aria-label={t('nav.section')} data-region="section">
      {section.pages.map((page) => (
        <Link key={page.path} to={page.path} className="section-tab" aria-current={within(path, page) ? 'page' : undefined} data-testid={`page-${page.path.slice(1)}`}>
          <Icon name={page.icon} />
          {t(page.name)}
        </Link>
      ))}
    </nav>
  )
}
