import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useAll } from '@/shared/api/lists'
import type { Route, Trunk, TrunkDocument } from '@/shared/api/telephony'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { Explain } from './Explain'
import { RouteDialog } from './RouteDialog'
import { hoursText, sharesText } from './routes'

interface Props {
  trunks: readonly Trunk[]
  writes: boolean
  live: ReadonlyMap<string, TrunkDocument>
}

/** Which numbers go out by which trunks; beside it, which way one number would go now, and why. */
export function RoutesTab({ trunks, writes, live }: Props) {
  const { t, i18n } = useTranslation()
  const routes = useAll<Route>('/call-routes')
  const [editing, setEditing] = useState<Route | 'new' | null>(null)
  const names = new Map(trunks.map((trunk) => [trunk.id, (i18n.language === 'en' && trunk.name_en) || trunk.name]))
  const columns: Column<Route>[] = [
    { id: 'prefix', title: t('tel.routes.prefix'), track: '112px', render: (route) => <b>{route.prefix ? `+${route.prefix}` : t('tel.routes.every')}</b> },
    { id: 'name', title: t('admin.common.name'), track: 'minmax(90px, 0.8fr)', render: (route) => <span title={route.name}>{route.name}</span> },
    {
      id: 'trunks',
      title: t('tel.routes.trunks'),
      track: 'minmax(160px, 2fr)',
      render: (route) => {
        const text = sharesText(route, names, t)
        return <span title={text}>{text}</span>
      },
    },
    { id: 'hours', title: t('tel.routes.hours'), track: i18n.language === 'en' ? '168px' : '140px', render: (route) => <span className="muted">{route.hours ? hoursText(route.hours, t) : t('tel.routes.always')}</span> },
  ]
  return (
    <div className="routes">
      <div className="routes-list">
        <header className="routes-head">
          <p className="muted">{t('tel.routes.hint')}</p>
          {writes && (
            <Button icon={<Icon name="plus" />} data-testid="route-new" onClick={() => setEditing('new')}>
              {t('tel.routes.add')}
            </Button>
          )}
        </header>
        <DataTable
          label={t('tel.trunks.tab.routes')}
          columns={columns}
          rows={routes.rows}
          rowId={(route) => route.id}
          source={routes.query}
          selected={editing && editing !== 'new' ? editing.id : null}
          onOpen={writes ? setEditing : undefined}
          dimmed={(route) => !route.active}
          empty={t('tel.routes.empty')}
          testId="routes"
        />
      </div>
      <Explain live={live} />
      {editing && <RouteDialog route={editing === 'new' ? null : editing} trunks={trunks} onClose={() => setEditing(null)} />}
    </div>
  )
}
