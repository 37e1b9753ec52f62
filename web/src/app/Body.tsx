import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'

import { BulletinFoot } from '@/features/bulletins/BulletinFoot'
import { Roster } from '@/features/desk/Roster'
import { type ToolId, toggled, usePanel } from '@/shared/prefs/panel'
import { Toasts } from '@/shared/ui/toasts'
import { useMedia } from '@/shared/ui/useMedia'
import { useCentre } from './centre'
import { Navigation } from './Navigation'
import { SectionBar } from './SectionBar'
import { ToolPanel } from './ToolPanel'
import { ToolRail } from './ToolRail'
import { tools } from './tools'

/** Between phone bar and footer: navigation, roster, work area and, at the desk, the tools. */
export function Body() {
  const { person, agent, mine, selected, onSelect } = useCentre()
  const atDesk = useRouterState({ select: (state) => state.location.pathname.startsWith('/desk') })
  const works = person.permissions.includes('agent.work')
  const navigate = useNavigate()
  const beside = atDesk && works
  return (
    <div className={`body ${works ? '' : 'body-plain'} ${beside ? 'body-tools' : ''}`}>
      <Navigation person={person} />
      {works && (
        <Roster
          agent={agent}
          mine={mine}
          selected={atDesk ? (selected?.id ?? null) : null}
          onSelect={onSelect}
          onCallbacks={() => void navigate({ to: '/callbacks' })}
          foot={<BulletinFoot />}
        />
      )}
      <main className="work">
        <SectionBar person={person} />
        <Outlet />
        <Toasts />
      </main>
      {beside && <Tools />}
    </div>
  )
}

/** The panel and its rail. In a small window the panel lies over the work area, and only while it is wanted. */
function Tools() {
  const { selected } = useCentre()
  const panel = usePanel(selected?.channel)
  const narrow = useMedia('(width < 1300px)')
  const tight = useMedia('(width < 1180px)')
  const broad = useMedia('(width > 1680px)')
  const shut = panel.width === 0 || (tight && !panel.over)
  const open = shut ? [] : tools.map(({ id }) => id).filter((id) => panel.tools.includes(id))
  const toggle = (id: ToolId) => {
    const last = open.length === 1 && open[0] === id
    panel.setOver(!last)
    // The last one shuts the panel and is there again when it opens.
    if (last) panel.set({ width: tight ? panel.width : 0 })
    else if (shut) panel.set({ width: panel.width || null, tools: panel.tools.includes(id) ? panel.tools : toggled(panel.tools, id) })
    else panel.set({ tools: toggled(panel.tools, id) })
  }
  return (
    <>
      <ToolPanel interaction={selected} usual={broad ? 440 : narrow ? 320 : 344} hidden={shut} />
      <ToolRail interaction={selected} open={open} onToggle={toggle} />
    </>
  )
}
