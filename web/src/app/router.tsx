import { createRoute, createRouter, Navigate, Outlet, redirect, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { Desk } from '@/features/desk/Desk'
import { InteractionList } from '@/features/interactions/InteractionList'
import { InteractionPage } from '@/features/interactions/InteractionPage'
import { readFilter } from '@/features/interactions/list'
import { Empty, ErrorLine } from '@/shared/ui/parts'
import { adminRoutes } from './adminRoutes'
import { useCentre } from './centre'
import { customerRoutes } from './customerRoutes'
import { allowedPages } from './pages'
import { root } from './root'

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/desk' })
  },
})

const desk = createRoute({ getParentRoute: () => root, path: '/desk', component: DeskPage })

const interactions = createRoute({
  getParentRoute: () => root,
  path: '/interactions',
  validateSearch: readFilter,
  component: InteractionsPage,
})

const interaction = createRoute({
  getParentRoute: () => interactions,
  path: '$id',
  component: function One() {
    const { id } = useParams({ from: '/interactions/$id' })
    const search = useSearch({ from: '/interactions' })
    const navigate = useNavigate()
    const { person } = useCentre()
    return (
      <InteractionPage
        key={id}
        id={id}
        onBack={() => void navigate({ to: '/interactions', search })}
        onOpen={(other) => void navigate({ to: '/interactions/$id', params: { id: other }, search })}
        onSignalling={person.permissions.includes('telephony.trace') ? (correlation) => void navigate({ to: '/sip/calls', search: { correlation } }) : undefined}
      />
    )
  },
})

export const router = createRouter({
  routeTree: root.addChildren([home, desk, interactions.addChildren([interaction]), customerRoutes, ...adminRoutes]),
  defaultErrorComponent: ({ error, reset }) => <ErrorLine problem={error} onRetry={reset} />,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

function DeskPage() {
  const { person, agent, selected } = useCentre()
  const { t } = useTranslation()
  if (!person.permissions.includes('agent.work')) {
    const other = allowedPages(person)[0]
    return other ? <Navigate to={other.path} replace /> : <Empty>{t('app.noDesk')}</Empty>
  }
  return <Desk agent={agent} interaction={selected} />
}

function InteractionsPage() {
  const filter = useSearch({ from: '/interactions' })
  const open = useParams({ strict: false }).id !== undefined
  const navigate = useNavigate()
  return (
    <>
      {/* The list stays where it was while one of its rows is open on top of it. */}
      <div className="list-layer" inert={open}>
        <InteractionList
          filter={filter}
          onFilter={(search) => void navigate({ to: '/interactions', search, replace: true })}
          onOpen={(id) => void navigate({ to: '/interactions/$id', params: { id }, search: filter })}
        />
      </div>
      <Outlet />
    </>
  )
}
