import { Button, Input, Segmented, Select } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { PersonRow } from '@/shared/api/admin'
import { usePages } from '@/shared/api/lists'
import { serverNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip } from '@/shared/ui/parts'
import { query as asQuery, type PeopleFilter } from './filter'
import { InvitePerson } from './InvitePerson'
import { NewPerson } from './NewPerson'
import { PersonSheet } from './PersonSheet'
import { useReference } from './reference'
import { grantWords, namesOf, roleName, sitePaths } from './words'

interface Props {
  filter: PeopleFilter
  onFilter: (filter: PeopleFilter) => void
  /** Id of the open one; `new` or `invite` for a sheet that makes one. */
  open: string | null
  onOpen: (id: string | null) => void
}

/** 人员: everybody of this tenant, found as one types; one of them open beside the list. */
export function PeoplePage({ filter, onFilter, open, onOpen }: Props) {
  const { t, i18n } = useTranslation()
  const language = i18n.language
  const may = useMay()
  const [text, setText] = useState(filter.q ?? '')
  const [applied, setApplied] = useState(filter.q)
  if (applied !== filter.q) {
    setApplied(filter.q)
    if ((filter.q ?? '') !== text.trim()) setText(filter.q ?? '')
  }
  const reference = useReference()
  const { roles, sites, groups, skills } = reference
  const { query, rows } = usePages<PersonRow>('/people', asQuery(filter))
  const places = useMemo(() => namesOf(sites, groups), [sites, groups])
  const paths = useMemo(() => sitePaths(sites), [sites])

  const change = (part: PeopleFilter) => {
    const next = { ...filter, ...part }
    for (const name of Object.keys(next) as (keyof PeopleFilter)[]) if (!next[name]) delete next[name]
    onFilter(next)
  }

  const columns = useMemo((): Column<PersonRow>[] => {
    const now = serverNow()
    const all: Array<Column<PersonRow> & { always?: boolean }> = [
      { id: 'name', title: t('admin.people.name'), track: 'minmax(96px, 1.1fr)', always: true, render: (row) => <b title={row.name}>{row.name}</b> },
      { id: 'number', title: t('admin.people.number'), track: '64px', always: true, render: (row) => row.number },
      { id: 'username', title: t('admin.people.username'), track: 'minmax(90px, 0.9fr)', render: (row) => <span title={row.username}>{row.username}</span> },
      {
        id: 'roles',
        title: t('admin.people.roles'),
        track: 'minmax(110px, 1.6fr)',
        always: true,
        render: (row) => {
          const words = row.grants.map((grant) => grantWords(grant, roles, places, t, language)).join(t('admin.common.and'))
          return <span title={words}>{words}</span>
        },
      },
      { id: 'site', title: t('admin.people.site'), track: 'minmax(70px, 0.8fr)', render: (row) => row.site && <span title={row.site.name}>{row.site.name}</span> },
      { id: 'groups', title: t('admin.people.groups'), track: 'minmax(80px, 1fr)', render: (row) => <span title={row.groups.map(({ name }) => name).join(' ')}>{row.groups.map(({ name }) => name).join(t('admin.common.and'))}</span> },
      {
        id: 'skills',
        title: t('admin.people.skills'),
        track: 'minmax(80px, 1fr)',
        render: (row) => {
          const words = row.skills.map(({ id, name, level }) => `${(language === 'en' && skills.find((one) => one.id === id)?.name_en) || name} ${level}`).join(t('admin.common.and'))
          return <span title={words}>{words}</span>
        },
      },
      {
        id: 'state',
        title: t('admin.people.state'),
        track: language === 'en' ? '92px' : '84px',
        always: true,
        render: (row) =>
          row.locked ? (
            <Chip tone="red" icon="lock">
              {t('admin.people.locked')}
            </Chip>
          ) : row.active ? (
            <Chip tone="ok" icon="check">
              {t('admin.people.active')}
            </Chip>
          ) : (
            <Chip icon="minusCircle">{t('admin.people.inactive')}</Chip>
          ),
      },
      {
        id: 'seen',
        title: t('admin.people.lastSeen'),
        track: language === 'en' ? '104px' : '92px',
        right: true,
        render: (row) => (row.last_seen_at ? dayTime(row.last_seen_at, now, language) : <span className="muted">{t('admin.common.never')}</span>),
      },
    ]
    return open ? all.filter(({ always }) => always) : all
  }, [t, language, roles, skills, places, open])

  const narrowed = Object.keys(filter).length > 0
  const clear = () => {
    setText('')
    onFilter({})
  }
  const options = (all: string, list: readonly { value: string; label: string }[]) => [{ value: '', label: t(all) }, ...list]
  const plain = (list: readonly { id: string; name: string }[]) => list.map(({ id, name }) => ({ value: id, label: name }))

  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">
            {t('admin.people.title')}
            <small>{query.isSuccess && t(query.hasNextPage ? 'admin.common.countMore' : 'admin.common.count', { count: rows.length })}</small>
          </h1>
          <Input
            value={text}
            allowClear
            prefix={<Icon name="search" className="muted" />}
            placeholder={t('admin.people.search')}
            aria-label={t('admin.people.search')}
            data-testid="people-search"
            onChange={(event) => {
              setText(event.target.value)
              change({ q: event.target.value.trim() })
            }}
          />
          <Select
            value={filter.role ?? ''}
            aria-label={t('admin.people.roles')}
            options={options('admin.people.allRoles', roles.map((role) => ({ value: role.code, label: roleName(role, role.code, language) })))}
            onChange={(role: string) => change({ role })}
          />
          {!open && sites.length > 0 && (
            <Select
              value={filter.site ?? ''}
              showSearch={{ optionFilterProp: 'label' }}
              popupMatchSelectWidth={false}
              aria-label={t('admin.people.site')}
              options={options('admin.people.allSites', paths)}
              onChange={(site: string) => change({ site })}
            />
          )}
          {!open && groups.length > 0 && (
            <Select
              value={filter.group ?? ''}
              showSearch={{ optionFilterProp: 'label' }}
              aria-label={t('admin.people.groups')}
              options={options('admin.people.allGroups', plain(groups))}
              onChange={(group: string) => change({ group })}
            />
          )}
          {!open && skills.length > 0 && (
            <Select
              value={filter.skill ?? ''}
              aria-label={t('admin.people.skills')}
              options={options('admin.people.allSkills', plain(skills))}
              onChange={(skill: string) => change({ skill })}
            />
          )}
          <Segmented
            value={filter.active ?? ''}
            aria-label={t('admin.people.state')}
            options={[
              { value: '', label: t('admin.people.active') },
              { value: 'no', label: t('admin.people.inactive') },
              { value: 'all', label: t('admin.people.all') },
            ]}
            onChange={(active) => change({ active: (active || undefined) as PeopleFilter['active'] })}
          />
          {may('people.write') && (
            <span className="admin-end">
              {!open && <Button onClick={() => onOpen('invite')}>{t('admin.people.invite')}</Button>}
              <Button type="primary" icon={<Icon name="personPlus" />} data-testid="person-new" onClick={() => onOpen('new')}>
                {t('admin.people.add')}
              </Button>
            </span>
          )}
        </header>
        <DataTable
          label={t('admin.people.title')}
          columns={columns}
          rows={rows}
          rowId={(row) => row.id}
          source={query}
          selected={open}
          onOpen={(row) => onOpen(row.id)}
          dimmed={(row) => !row.active}
          top={JSON.stringify(filter)}
          testId="people"
          empty={
            <>
              {t(narrowed ? 'admin.people.nothing' : 'admin.people.empty')}{' '}
              {narrowed && (
                <button type="button" className="link" onClick={clear}>
                  {t('admin.common.clear')}
                </button>
              )}
            </>
          }
        />
      </div>
      {open === 'new' && <NewPerson reference={reference} onClose={() => onOpen(null)} onMade={onOpen} />}
      {open === 'invite' && <InvitePerson reference={reference} onClose={() => onOpen(null)} />}
      {open && open !== 'new' && open !== 'invite' && <PersonSheet key={open} id={open} reference={reference} onClose={() => onOpen(null)} />}
    </div>
  )
}
