import { createRoute, Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { readAuditFilter } from '@/features/audit/filter'
import { readCallbacksFilter } from '@/features/callbacks/callbacks'
import { readPeopleFilter } from '@/features/people/filter'
import { readCallsFilter } from '@/features/sip/filter'
import { Empty } from '@/shared/ui/parts'
import { useCentre } from './centre'
import { may, profile, sections, type Page } from './pages'
import { root } from './root'

type Pages = typeof import('./administration')

/** One page of the administration, fetched when it is first opened. */
const page = <K extends keyof Pages>(name: K) =>
  lazy(() => import('./administration').then((all) => ({ default: all[name] as React.ComponentType<React.ComponentProps<Pages[K]>> })))

const AuditPage = page('AuditPage')
const BulletinsPage = page('BulletinsPage')
const CalendarsPage = page('CalendarsPage')
const CallbacksPage = page('CallbacksPage')
const CallsPage = page('CallsPage')
const DispositionsPage = page('DispositionsPage')
const GuardsPage = page('GuardsPage')
const OffersPage = page('OffersPage')
const OrganisationPage = page('OrganisationPage')
const PeoplePage = page('PeoplePage')
const ProfilePage = page('ProfilePage')
const QueuesPage = page('QueuesPage')
const RolesPage = page('RolesPage')
const ScriptsPage = page('ScriptsPage')
const SkillsPage = page('SkillsPage')
const SystemPage = page('SystemPage')
const TeamPage = page('TeamPage')
const TenantsPage = page('TenantsPage')
const TrunksPage = page('TrunksPage')

/** The flow designer with the library that draws it comes by itself. */
const FlowsPage = lazy(() => import('@/features/flows').then(({ FlowsPage: default_ }) => ({ default: default_ })))
const PromptsPage = lazy(() => import('@/features/prompts').then(({ PromptsPage: default_ }) => ({ default: default_ })))

const all = new Map([...sections.flatMap(({ pages }) => pages), profile].map((one) => [one.path, one]))

/** A page for those who may open it; the address alone opens nothing. */
function Gate({ path, children }: { path: Page['path']; children: ReactNode }) {
  const { t } = useTranslation()
  const { person } = useCentre()
  const here = all.get(path)
  if (!here || !may(person, here)) return <Empty>{t('problem.forbidden')}</Empty>
  return <Suspense fallback={null}>{children}</Suspense>
}

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  validateSearch: readPeopleFilter,
  component: function People() {
    const filter = useSearch({ from: '/people' })
    const open = useParams({ strict: false }).id ?? null
    const navigate = useNavigate()
    return (
      <Gate path="/people">
        <PeoplePage
          filter={filter}
          open={open}
          onFilter={(search) => void navigate({ to: open ? '/people/$id' : '/people', params: { id: open ?? '' }, search, replace: true })}
          onOpen={(id) => void (id ? navigate({ to: '/people/$id', params: { id }, search: filter }) : navigate({ to: '/people', search: filter }))}
        />
        <Outlet />
      </Gate>
    )
  },
})
const person = createRoute({ getParentRoute: () => people, path: '$id', component: () => null })

const flows = createRoute({
  getParentRoute: () => root,
  path: '/flows',
  component: function Flows() {
    const open = useParams({ strict: false }).code ?? null
    const navigate = useNavigate()
    return (
      <Gate path="/flows">
        <FlowsPage open={open} onOpen={(code) => void (code ? navigate({ to: '/flows/$code', params: { code } }) : navigate({ to: '/flows' }))} />
        <Outlet />
      </Gate>
    )
  },
})
const flow = createRoute({ getParentRoute: () => flows, path: '$code', component: () => null })

const prompts = createRoute({
  getParentRoute: () => root,
  path: '/prompts',
  component: function Prompts() {
    const open = useParams({ strict: false }).name ?? null
    const navigate = useNavigate()
    return (
      <Gate path="/prompts">
        <PromptsPage open={open} onOpen={(name) => void (name ? navigate({ to: '/prompts/$name', params: { name } }) : navigate({ to: '/prompts' }))} onFlow={(code) => void navigate({ to: '/flows/$code', params: { code } })} />
        <Outlet />
      </Gate>
    )
  },
})
const prompt = createRoute({ getParentRoute: () => prompts, path: '$name', component: () => null })

const queues = createRoute({
  getParentRoute: () => root,
  path: '/queues',
  component: function Queues() {
    const open = useParams({ strict: false }).id ?? null
    const navigate = useNavigate()
    return (
      <Gate path="/queues">
        <QueuesPage open={open} onOpen={(id) => void (id ? navigate({ to: '/queues/$id', params: { id } }) : navigate({ to: '/queues' }))} />
        <Outlet />
      </Gate>
    )
  },
})
const queue = createRoute({ getParentRoute: () => queues, path: '$id', component: () => null })

const calendars = createRoute({
  getParentRoute: () => root,
  path: '/calendars',
  component: function Calendars() {
    const open = useParams({ strict: false }).id ?? null
    const navigate = useNavigate()
    return (
      <Gate path="/calendars">
        <CalendarsPage open={open} onOpen={(id) => void (id ? navigate({ to: '/calendars/$id', params: { id } }) : navigate({ to: '/calendars' }))} />
        <Outlet />
      </Gate>
    )
  },
})
const calendar = createRoute({ getParentRoute: () => calendars, path: '$id', component: () => null })

const dispositions = createRoute({
  getParentRoute: () => root,
  path: '/dispositions',
  component: () => (
    <Gate path="/dispositions">
      <DispositionsPage />
    </Gate>
  ),
})

const scripts = createRoute({
  getParentRoute: () => root,
  path: '/scripts',
  component: function Scripts() {
    const open = useParams({ strict: false }).id ?? null
    const navigate = useNavigate()
    return (
      <Gate path="/scripts">
        <ScriptsPage open={open} onOpen={(id) => void (id ? navigate({ to: '/scripts/$id', params: { id } }) : navigate({ to: '/scripts' }))} />
        <Outlet />
      </Gate>
    )
  },
})
const script = createRoute({ getParentRoute: () => scripts, path: '$id', component: () => null })

const offers = createRoute({
  getParentRoute: () => root,
  path: '/offers',
  component: () => (
    <Gate path="/offers">
      <OffersPage />
    </Gate>
  ),
})

const trunks = createRoute({
  getParentRoute: () => root,
  path: '/trunks',
  validateSearch: (search: Record<string, unknown>): { tab?: 'routes' } => (search['tab'] === 'routes' ? { tab: 'routes' } : {}),
  component: function Trunks() {
    const { tab } = useSearch({ from: '/trunks' })
    const open = useParams({ strict: false }).id ?? null
    const navigate = useNavigate()
    return (
      <Gate path="/trunks">
        <TrunksPage
          tab={tab ?? 'trunks'}
          open={open}
          onTab={(next) => void navigate({ to: '/trunks', search: next === 'routes' ? { tab: next } : {} })}
          onOpen={(id) => void (id ? navigate({ to: '/trunks/$id', params: { id } }) : navigate({ to: '/trunks' }))}
          onCalls={(trunk) => void navigate({ to: '/sip/calls', search: { trunk } })}
        />
        <Outlet />
      </Gate>
    )
  },
})
const trunk = createRoute({ getParentRoute: () => trunks, path: '$id', component: () => null })

const calls = createRoute({
  getParentRoute: () => root,
  path: '/sip/calls',
  validateSearch: readCallsFilter,
  component: function Calls() {
    const filter = useSearch({ from: '/sip/calls' })
    const open = useParams({ strict: false }).id ?? null
    const navigate = useNavigate()
    return (
      <Gate path="/sip/calls">
        <CallsPage
          filter={filter}
          open={open}
          onFilter={(search) => void navigate({ to: open ? '/sip/calls/$id' : '/sip/calls', params: { id: open ?? '' }, search, replace: true })}
          onOpen={(id) => void (id ? navigate({ to: '/sip/calls/$id', params: { id }, search: filter }) : navigate({ to: '/sip/calls', search: filter }))}
          onInteraction={(id) => void navigate({ to: '/interactions/$id', params: { id } })}
        />
        <Outlet />
      </Gate>
    )
  },
})
const call = createRoute({ getParentRoute: () => calls, path: '$id', component: () => null })

const callbacks = createRoute({
  getParentRoute: () => root,
  path: '/callbacks',
  validateSearch: readCallbacksFilter,
  component: function Callbacks() {
    const filter = useSearch({ from: '/callbacks' })
    const navigate = useNavigate()
    return (
      <Gate path="/callbacks">
        <CallbacksPage
          filter={filter}
          onFilter={(search) => void navigate({ to: '/callbacks', search, replace: true })}
          onInteraction={(id) => void navigate({ to: '/interactions/$id', params: { id } })}
        />
      </Gate>
    )
  },
})

const bulletins = createRoute({
  getParentRoute: () => root,
  path: '/bulletins',
  component: () => (
    <Gate path="/bulletins">
      <BulletinsPage />
    </Gate>
  ),
})

const guards = createRoute({
  getParentRoute: () => root,
  path: '/sip/guards',
  validateSearch: (search: Record<string, unknown>): { tab?: 'access' | 'toll' } => (search['tab'] === 'access' || search['tab'] === 'toll' ? { tab: search['tab'] } : {}),
  component: function Guards() {
    const { tab } = useSearch({ from: '/sip/guards' })
    const navigate = useNavigate()
    return (
      <Gate path="/sip/guards">
        <GuardsPage tab={tab ?? 'bans'} onTab={(next) => void navigate({ to: '/sip/guards', search: next === 'bans' ? {} : { tab: next } })} />
      </Gate>
    )
  },
})

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: readAuditFilter,
  component: function Audit() {
    const filter = useSearch({ from: '/audit' })
    const navigate = useNavigate()
    return (
      <Gate path="/audit">
        <AuditPage filter={filter} onFilter={(search) => void navigate({ to: '/audit', search, replace: true })} />
      </Gate>
    )
  },
})

const organisation = createRoute({
  getParentRoute: () => root,
  path: '/organisation',
  component: function Organisation() {
    const navigate = useNavigate()
    return (
      <Gate path="/organisation">
        <OrganisationPage onPeople={(search) => void navigate({ to: '/people', search })} />
      </Gate>
    )
  },
})

const skills = createRoute({
  getParentRoute: () => root,
  path: '/skills',
  component: function Skills() {
    const navigate = useNavigate()
    return (
      <Gate path="/skills">
        <SkillsPage onPeople={(search) => void navigate({ to: '/people', search })} />
      </Gate>
    )
  },
})

const team = createRoute({
  getParentRoute: () => root,
  path: '/team',
  component: () => (
    <Gate path="/team">
      <TeamPage />
    </Gate>
  ),
})

const roles = createRoute({
  getParentRoute: () => root,
  path: '/roles',
  component: () => (
    <Gate path="/roles">
      <RolesPage />
    </Gate>
  ),
})
const tenants = createRoute({
  getParentRoute: () => root,
  path: '/tenants',
  component: () => (
    <Gate path="/tenants">
      <TenantsPage />
    </Gate>
  ),
})
const system = createRoute({
  getParentRoute: () => root,
  path: '/system',
  component: () => (
    <Gate path="/system">
      <SystemPage />
    </Gate>
  ),
})
const me = createRoute({
  getParentRoute: () => root,
  path: '/profile',
  component: () => (
    <Gate path="/profile">
      <ProfilePage />
    </Gate>
  ),
})

export const adminRoutes = [people.addChildren([person]), flows.addChildren([flow]), prompts.addChildren([prompt]), queues.addChildren([queue]), calendars.addChildren([calendar]), dispositions, scripts.addChildren([script]), offers, trunks.addChildren([trunk]), calls.addChildren([call]), callbacks, bulletins, guards, audit, organisation, skills, team, roles, tenants, system, me] as const
