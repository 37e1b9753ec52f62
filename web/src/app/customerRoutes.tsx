import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { readCustomerFilter } from '@/features/customers/list/filter'
import { root } from './root'

/** Pages of customers come when they are asked for: most people of a shift never open one. */
const page = <K extends keyof typeof import('@/features/customers/pages')>(name: K) => lazyRouteComponent(() => import('@/features/customers/pages'), name)

const customers = createRoute({
  getParentRoute: () => root,
  path: '/customers',
  validateSearch: readCustomerFilter,
  component: page('CustomersPage'),
})

const parent = () => customers
const tabOf = (search: Record<string, unknown>): { tab?: string } =>
  typeof search.tab === 'string' && /^[a-z]+$/.test(search.tab) ? { tab: search.tab } : {}
const idOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const create = createRoute({ getParentRoute: parent, path: 'new', component: page('NewCustomerPage') })
const record = createRoute({ getParentRoute: parent, path: '$id', validateSearch: tabOf, component: page('RecordPage') })
const contact = createRoute({ getParentRoute: parent, path: '$id/contacts/$contactId', validateSearch: tabOf, component: page('ContactPage') })
const compare = createRoute({
  getParentRoute: parent,
  path: 'compare',
  validateSearch: (search: Record<string, unknown>) => ({ keep: idOf(search.keep), drop: idOf(search.drop) }),
  component: page('ComparePage'),
})
const imports = createRoute({ getParentRoute: parent, path: 'imports', component: page('ImportsPage') })
const oneImport = createRoute({ getParentRoute: parent, path: 'imports/$importId', component: page('ImportPage') })
const sources = createRoute({ getParentRoute: parent, path: 'sources', component: page('SourcesPage') })
const conflicts = createRoute({ getParentRoute: parent, path: 'conflicts', component: page('ConflictsPage') })
const settings = createRoute({ getParentRoute: parent, path: 'settings', component: page('SettingsPage') })
const merges = createRoute({ getParentRoute: parent, path: 'merges', component: page('MergesPage') })

export const customerRoutes = customers.addChildren([
  create,
  record,
  contact,
  compare,
  merges,
  imports,
  oneImport,
  sources,
  conflicts,
  settings,
])
