import { Button, DatePicker, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { AuditEntry } from '@/shared/api/admin'
import { useAll, usePages } from '@/shared/api/lists'
import { composing } from '@/shared/keys/keys'
import { serverNow } from '@/shared/time/clock'
import { clock, day } from '@/shared/time/format'
import { instantOf } from '@/shared/time/local'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { AuditSheet } from './AuditSheet'
import type { AuditFilter } from './filter'
import { PersonPicker } from './PersonPicker'
import { actionText, objectKind, objectParts, shortId, who } from './words'

const format = 'YYYY-MM-DD'

/** 审计: who did what to what, when and from where; nothing here can be changed. */
export function AuditPage({ filter, onFilter }: { filter: AuditFilter; onFilter: (filter: AuditFilter) => void }) {
  const { t, i18n } = useTranslation()
  const may = useMay()
  const [open, setOpen] = useState<AuditEntry | null>(null)
  const [object, setObject] = useState(filter.object ?? '')
  const [applied, setApplied] = useState(filter.object)
  if (applied !== filter.object) {
    setApplied(filter.object)
    setObject(filter.object ?? '')
  }
  const actions = useAll<string>('/audit/actions')
  const { query, rows } = usePages<AuditEntry>('/audit', {
    person: filter.person,
    action: filter.action,
    object: filter.object,
    from: filter.from && instantOf(filter.from),
    to: filter.to && instantOf(filter.to, 1),
  })
  const now = serverNow()
  const today = dayjs()
  const change = (part: AuditFilter) => {
    const next = { ...filter, ...part }
    for (const name of Object.keys(next) as (keyof AuditFilter)[]) if (!next[name]) delete next[name]
    onFilter(next)
  }
  const columns: Column<AuditEntry>[] = [
    {
      id: 'at',
      title: t('admin.audit.time'),
      track: i18n.language === 'en' ? '132px' : '124px',
      render: (row) => (
        <>
          <span className="muted">{day(row.at, now, i18n.language)}</span> {clock(row.at)}
        </>
      ),
    },
    { id: 'who', title: t('admin.audit.person'), track: 'minmax(90px, 0.8fr)', render: (row) => <span title={row.person?.username}>{who(row, t)}</span> },
    { id: 'action', title: t('admin.audit.action'), track: 'minmax(130px, 1.4fr)', render: (row) => <span title={row.action}>{actionText(row.action, t)}</span> },
    {
      id: 'object',
      title: t('admin.audit.object'),
      track: 'minmax(110px, 1fr)',
      render: (row) => {
        const parts = objectParts(row.object)
        return (
          parts && (
            <span title={row.object ?? undefined}>
              {objectKind(parts.kind, t)} <span className="muted">{shortId(parts.id)}</span>
            </span>
          )
        )
      },
    },
    ...(open ? [] : [{ id: 'source', title: t('admin.audit.source'), track: '120px', render: (row: AuditEntry) => row.source ?? '' } satisfies Column<AuditEntry>]),
  ]
  const narrowed = Object.keys(filter).length > 0
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">
            {t('admin.audit.title')}
            <small>{query.isSuccess && t(query.hasNextPage ? 'admin.common.countMore' : 'admin.common.count', { count: rows.length })}</small>
          </h1>
          {may('people.read') && <PersonPicker value={filter.person} placeholder={t('admin.audit.anybody')} onChange={(person) => change({ person })} />}
          <Select
            className="audit-action"
            value={filter.action ?? ''}
            showSearch={{ optionFilterProp: 'label' }}
            popupMatchSelectWidth={false}
            aria-label={t('admin.audit.action')}
            options={[{ value: '', label: t('admin.audit.anyAction') }, ...actions.rows.map((action) => ({ value: action, label: actionText(action, t) }))]}
            onChange={(action: string) => change({ action })}
          />
          <Input
            value={object}
            allowClear
            spellCheck={false}
            prefix={<Icon name="search" className="muted" />}
            placeholder={t('admin.audit.objectHint')}
            aria-label={t('admin.audit.object')}
            data-testid="audit-object"
            onChange={(event) => {
              setObject(event.target.value)
              if (event.target.value === '' && filter.object) change({ object: undefined })
            }}
            onBlur={() => change({ object: object.trim() })}
            onKeyDown={(event) => {
              if (!composing(event.nativeEvent) && event.key === 'Enter') change({ object: object.trim() })
            }}
          />
          <DatePicker.RangePicker
            className="filter-dates"
            value={[filter.from ? dayjs(filter.from) : null, filter.to ? dayjs(filter.to) : null]}
            allowEmpty={[true, true]}
            format={format}
            disabledDate={(date) => date.isAfter(today, 'day')}
            presets={[
              { label: t('list.filter.today'), value: [today, today] },
              { label: t('list.filter.week'), value: [today.subtract(6, 'day'), today] },
              { label: t('list.filter.month'), value: [today.subtract(29, 'day'), today] },
            ]}
            onChange={(dates) => change({ from: dates?.[0]?.format(format), to: dates?.[1]?.format(format) })}
          />
          <Button loading={query.isRefetching && !query.isFetchingNextPage} onClick={() => void query.refetch()}>
            {t('list.refresh')}
          </Button>
        </header>
        <DataTable
          label={t('admin.audit.title')}
          columns={columns}
          rows={rows}
          rowId={(row) => row.id}
          source={query}
          selected={open?.id ?? null}
          onOpen={setOpen}
          top={JSON.stringify(filter)}
          testId="audit"
          empty={
            <>
              {t(narrowed ? 'admin.audit.nothing' : 'admin.audit.empty')}{' '}
              {narrowed && (
                <button type="button" className="link" onClick={() => onFilter({})}>
                  {t('admin.common.clear')}
                </button>
              )}
            </>
          }
        />
      </div>
      {open && <AuditSheet key={open.id} entry={open} onClose={() => setOpen(null)} onFilter={change} />}
    </div>
  )
}
