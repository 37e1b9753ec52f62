import { Outlet, useChildMatches, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'

import { CustomerList } from './list/CustomerList'
import { filterNames, type CustomerFilter } from './list/filter'
import { useMay } from './may'
import { SubNav } from './SubNav'

/** The list as it was left for another part of the screen; a call in between must not cost the search. */
let left: CustomerFilter = {}

const empty = (filter: CustomerFilter) => filterNames.every((name) => filter[name] === undefined)

/** The list, and whatever is open on top of it: the list below keeps its rows and its place. */
export function CustomersPage() {
  const search = useSearch({ from: '/customers' })
  const filter: CustomerFilter = { q: search.q, class: search.class, tag: search.tag, kind: search.kind, manager: search.manager }
  const open = useChildMatches().at(-1)?.routeId
  const covered = open !== undefined
  // A customer's page lies over the bar as well; the other places leave it in sight.
  const whole = open !== undefined && /\/(\$id|compare|new)(\/|$)/.test(open)
  const navigate = useNavigate()
  const may = useMay()
  const first = useRef(true)

  useEffect(() => {
    if (first.current && !covered && empty(search) && !empty(left)) void navigate({ to: '/customers', search: left, replace: true })
    else left = search
    first.current = false
  }, [search, covered, navigate])

  return (
    <div className="customers">
      <SubNav hidden={whole} />
      <div className="list-layer" inert={covered}>
        <CustomerList
          filter={filter}
          covered={covered}
          mayWrite={may('customers.write')}
          onFilter={(next) => void navigate({ to: '/customers', search: next, replace: true })}
          onOpen={(id) => void navigate({ to: '/customers/$id', params: { id }, search: filter })}
          onCreate={() => void navigate({ to: '/customers/new', search: filter })}
        />
      </div>
      <Outlet />
    </div>
  )
}
