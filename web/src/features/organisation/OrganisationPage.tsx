import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Group, Site } from '@/shared/api/admin'
import { useAll } from '@/shared/api/lists'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { GroupDialog } from './GroupDialog'
import { SiteDialog } from './SiteDialog'
import { linesOf, subtree, type Node } from './tree'

/** 机构: the tree of sites on the left; the groups of the chosen one, or all, on the right. */
export function OrganisationPage({ onPeople }: { onPeople: (filter: { site?: string; group?: string }) => void }) {
  const { t } = useTranslation()
  const may = useMay()
  const writes = may('organisation.write')
  const sites = useAll<Site>('/sites')
  const groups = useAll<Group>('/groups')
  const [shut, setShut] = useState<ReadonlySet<string>>(new Set())
  const [chosen, setChosen] = useState<string | null>(null)
  const [siteDialog, setSiteDialog] = useState<{ site: Site | null; parent: Site | null } | null>(null)
  const [groupDialog, setGroupDialog] = useState<Group | 'new' | null>(null)
  const lines = useMemo(() => linesOf(sites.rows, shut), [sites.rows, shut])
  const site = sites.rows.find(({ id }) => id === chosen) ?? null
  const within = useMemo(() => (chosen ? subtree(sites.rows, chosen) : null), [sites.rows, chosen])
  const shownGroups = groups.rows.filter(({ site_id: id }) => !within || (id !== null && within.has(id)))
  const nameOf = (id: string | null) => sites.rows.find((one) => one.id === id)?.name

  const siteColumns: Column<Node>[] = [
    {
      id: 'name',
      title: t('admin.common.name'),
      track: 'minmax(140px, 1fr)',
      render: ({ site: one, depth, children }) => (
        <span className="tree-name" style={{ paddingLeft: depth * 20 }}>
          {children > 0 ? (
            <button
              type="button"
              className="tree-toggle"
              aria-expanded={!shut.has(one.id)}
              aria-label={`${t(shut.has(one.id) ? 'admin.organisation.expand' : 'admin.organisation.collapse')} ${one.name}`}
              onClick={(event) => {
                event.stopPropagation()
                const next = new Set(shut)
                if (!next.delete(one.id)) next.add(one.id)
                setShut(next)
              }}
            >
              <Icon name={shut.has(one.id) ? 'chevronRight' : 'chevronDown'} size={14} />
            </button>
          ) : (
            <span className="tree-toggle" />
          )}
          <span className="ellipsis" title={one.name}>
            {one.name}
          </span>
        </span>
      ),
    },
    { id: 'kind', title: t('admin.organisation.kind'), track: '64px', render: ({ site: one }) => t(`admin.organisation.${one.kind}`) },
    { id: 'code', title: t('admin.common.code'), track: '88px', render: ({ site: one }) => <span className="muted">{one.code}</span> },
    { id: 'people', title: t('admin.organisation.people'), track: '56px', right: true, render: ({ people }) => people },
    {
      id: 'do',
      title: <span className="unseen">{t('admin.common.more')}</span>,
      track: '96px',
      right: true,
      render: ({ site: one }) =>
        writes && (
          <span className="row-do">
            {one.kind !== 'county' && (
              <button
                type="button"
                className="icon-button"
                aria-label={`${t('admin.organisation.addBelow')} ${one.name}`}
                title={t('admin.organisation.addBelow')}
                onClick={(event) => {
                  event.stopPropagation()
                  setSiteDialog({ site: null, parent: one })
                }}
              >
                <Icon name="plus" />
              </button>
            )}
            <button
              type="button"
              className="icon-button"
              aria-label={`${t('admin.common.edit')} ${one.name}`}
              title={t('admin.common.edit')}
              onClick={(event) => {
                event.stopPropagation()
                setSiteDialog({ site: one, parent: null })
              }}
            >
              <Icon name="pen" />
            </button>
          </span>
        ),
    },
  ]

  const groupColumns: Column<Group>[] = [
    { id: 'name', title: t('admin.common.name'), track: 'minmax(100px, 1fr)', render: (group) => <span title={group.name}>{group.name}</span> },
    { id: 'site', title: t('admin.organisation.site'), track: 'minmax(80px, 0.8fr)', render: (group) => nameOf(group.site_id) ?? <span className="muted">{t('admin.organisation.anySite')}</span> },
    { id: 'code', title: t('admin.common.code'), track: '88px', render: (group) => <span className="muted">{group.code}</span> },
    {
      id: 'people',
      title: t('admin.organisation.people'),
      track: '56px',
      right: true,
      render: (group) => (
        <button
          type="button"
          className="link"
          aria-label={`${group.name} ${t('admin.common.people', { count: group.people })}`}
          onClick={(event) => {
            event.stopPropagation()
            onPeople({ group: group.id })
          }}
        >
          {group.people}
        </button>
      ),
    },
  ]

  return (
    <div className="admin admin-halves">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('admin.organisation.sites')}</h1>
          {site && (
            <button type="button" className="link" onClick={() => onPeople({ site: site.id })}>
              <Icon name="people" size={14} /> {t('nav.people')}
            </button>
          )}
          {writes && (
            <span className="admin-end">
              <Button icon={<Icon name="plus" />} data-testid="site-new" onClick={() => setSiteDialog({ site: null, parent: null })}>
                {t('admin.organisation.addSite')}
              </Button>
            </span>
          )}
        </header>
        <DataTable
          label={t('admin.organisation.sites')}
          columns={siteColumns}
          rows={lines}
          rowId={(node) => node.site.id}
          source={sites.query}
          selected={chosen}
          onOpen={(node) => setChosen(node.site.id === chosen ? null : node.site.id)}
          empty={t('admin.organisation.noSites')}
          testId="sites"
        />
      </div>
      <div className="admin-main admin-second" data-region="groups">
        <header className="admin-head">
          <h2 className="page-title">{site ? t('admin.organisation.ofSite', { name: site.name }) : t('admin.organisation.groups')}</h2>
          {site && (
            <button type="button" className="link" onClick={() => setChosen(null)}>
              {t('admin.organisation.allGroups')}
            </button>
          )}
          {writes && (
            <span className="admin-end">
              <Button icon={<Icon name="plus" />} data-testid="group-new" onClick={() => setGroupDialog('new')}>
                {t('admin.organisation.addGroup')}
              </Button>
            </span>
          )}
        </header>
        <DataTable
          label={t('admin.organisation.groups')}
          columns={groupColumns}
          rows={shownGroups}
          rowId={(group) => group.id}
          source={groups.query}
          onOpen={writes ? setGroupDialog : undefined}
          empty={t('admin.organisation.noGroups')}
          testId="groups"
        />
      </div>
      {siteDialog && <SiteDialog site={siteDialog.site} parent={siteDialog.parent} sites={sites.rows} onClose={() => setSiteDialog(null)} />}
      {groupDialog && <GroupDialog group={groupDialog === 'new' ? null : groupDialog} site={chosen} sites={sites.rows} onClose={() => setGroupDialog(null)} />}
    </div>
  )
}
