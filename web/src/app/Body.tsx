import { Outlet, useRouterState } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Roster } from '@/features/desk/Roster'
import { TrailPanel } from '@/features/trail/TrailPanel'
import { setPrefs, usePrefs } from '@/shared/prefs/prefs'
import { Icon } from '@/shared/ui/Icon'
import { Toasts } from '@/shared/ui/toasts'
import { useCentre } from './centre'
import { Navigation } from './Navigation'
import { SectionBar } from './SectionBar'

/** Between phone bar and footer: navigation, roster, work area and, at the desk, the tools. */
export function Body() {
  const { t } = useTranslation()
  const { person, agent, mine, selected, onSelect } = useCentre()
  const { panel } = usePrefs()
  const atDesk = useRouterState({ select: (state) => state.location.pathname.startsWith('/desk') })
  const works = person.permissions.includes('agent.work')
  const tools = atDesk && works
  return (
    <div className={`body ${works ? '' : 'body-plain'} ${tools ? `body-tools panel-${panel}` : ''}`}>
      <Navigation person={person} />
      {works && <Roster agent={agent} mine={mine} selected={atDesk ? (selected?.id ?? null) : null} onSelect={onSelect} />}
      <main className="work">
        <SectionBar person={person} />
        <Outlet />
        <Toasts />
      </main>
      {tools && (
        <>
          <aside className="panel" data-region="tools" hidden={panel === 'closed'}>
            <TrailPanel interaction={selected} />
          </aside>
          <div className="rail">
            <button
              type="button"
              className="rail-item"
              aria-pressed={panel !== 'closed'}
              title={t('trail.title')}
              onClick={() => setPrefs({ panel: panel === 'closed' ? 'normal' : 'closed' })}
            >
              <Icon name="trail" size={18} />
              <span>{t('rail.trail')}</span>
            </button>
          </div>
        </>
      )}
    </div>
  )
}
