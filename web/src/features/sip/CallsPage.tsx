import { Button, DatePicker, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useAll, usePages } from '@/shared/api/lists'
import type { SipCall, Trunk } from '@/shared/api/telephony'
import { phone } from '@/shared/format/phone'
import { composing } from '@/shared/keys/keys'
import { serverNow, useNow } from '@/shared/time/clock'
import { clock, day, length } from '@/shared/time/format'
import { instantOf } from '@/shared/time/local'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip } from '@/shared/ui/parts'
import { CallSheet } from './CallSheet'
import { outcomes, type CallsFilter } from './filter'
import { farEnd, outcomeOf, talked } from './outcome'

const format = 'YYYY-MM-DD'
/** New calls come in by themselves while nobody has scrolled far. */
const new_calls_after = 4_000

interface Props {
  filter: CallsFilter
  open: string | null
  onFilter: (filter: CallsFilter) => void
  onOpen: (id: string | null) => void
  onInteraction: (id: string) => void
}

/** 信令: every call as it was on the wire, refused ones too; a row opens its ladder. */
export function CallsPage({ filter, open, onFilter, onOpen, onInteraction }: Props) {
  const { t, i18n } = useTranslation()
  const may = useMay()
  const now = useNow()
  const [number, setNumber] = useState(filter.number ?? '')
  const [applied, setApplied] = useState(filter.number)
  if (applied !== filter.number) {
    setApplied(filter.number)
    setNumber(filter.number ?? '')
  }
  const trunks = useAll<Trunk>('/trunks', may('telephony.read')).rows
  const { query, rows } = usePages<SipCall>('/sip/calls', {
    number: filter.number,
    status: filter.status,
    direction: filter.direction,
    trunk: filter.trunk,
    correlation: filter.correlation,
    from: filter.from && instantOf(filter.from),
    to: filter.to && instantOf(filter.to, 1),
  })
  const { refetch } = query
  const short = (query.data?.pages.length ?? 0) === 1
  useEffect(() => {
    if (!short) return undefined
    const timer = setInterval(() => !document.hidden && void refetch(), new_calls_after)
    return () => clearInterval(timer)
  }, [short, refetch])
  const today = dayjs()
  const change = (part: CallsFilter) => {
    const next = { ...filter, ...part }
    for (const name of Object.keys(next) as (keyof CallsFilter)[]) if (!next[name]) delete next[name]
    onFilter(next)
  }
  const columns: Column<SipCall>[] = [
    {
      id: 'at',
      title: t('tel.calls.time'),
      track: i18n.language === 'en' ? '132px' : '124px',
      render: (row) => (
        <>
          <span className="muted">{day(row.started_at, serverNow(), i18n.language)}</span> {clock(row.started_at)}
        </>
      ),
    },
    {
      id: 'parties',
      title: t('tel.calls.parties'),
      track: open ? 'minmax(150px, 1.4fr)' : 'minmax(190px, 1.4fr)',
      render: (row) => (
        <span className="call-parties" title={`${row.from_user} → ${row.to_user}`}>
          <span className={`call-direction ${row.direction}`} role="img" aria-label={t(`tel.calls.direction.${row.direction}`)}>
            <Icon name={row.direction === 'in' ? 'incoming' : 'outgoing'} size={14} />
          </span>
          <span className="ellipsis">
            <b>{phone(row.from_user) || t('tel.calls.unknown')}</b> <span className="muted">→</span> {phone(row.to_user)}
          </span>
        </span>
      ),
    },
    {
      id: 'status',
      title: t('tel.calls.outcome'),
      track: 'minmax(120px, 0.9fr)',
      render: (row) => {
        const look = outcomeOf(row)
        return (
          <Chip tone={look.tone} icon={look.icon} title={row.reason || undefined}>
            {row.answered_at || row.status < 300 ? '' : `${row.status} `}
            {t(look.word)}
          </Chip>
        )
      },
    },
    ...(open
      ? []
      : ([
          { id: 'far', title: t('tel.calls.far'), track: 'minmax(140px, 1fr)', render: (row) => <span title={row.hop}>{farEnd(row, t)}</span> },
          { id: 'account', title: t('tel.calls.account'), track: '96px', render: (row) => <span className="muted">{row.account ?? ''}</span> },
          { id: 'reason', title: t('tel.calls.reason'), track: 'minmax(100px, 1fr)', render: (row) => <span title={row.reason}>{row.reason}</span> },
        ] satisfies Column<SipCall>[])),
    ...(open
      ? []
      : [
          {
            id: 'talk',
            title: t('tel.calls.talkTime'),
            track: '72px',
            right: true,
            render: (row: SipCall) => {
              const seconds = talked(row, now)
              return seconds === null ? '–' : length(seconds)
            },
          } satisfies Column<SipCall>,
        ]),
  ]
  const narrowed = Object.keys(filter).length > 0
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head calls-head">
          <h1 className="page-title">
            {t('tel.calls.title')}
            <small>{query.isSuccess && t(query.hasNextPage ? 'admin.common.countMore' : 'admin.common.count', { count: rows.length })}</small>
          </h1>
          <Input
            value={number}
            allowClear
            spellCheck={false}
            prefix={<Icon name="search" className="muted" />}
            placeholder={t('tel.calls.numberHint')}
            aria-label={t('tel.calls.number')}
            data-testid="calls-number"
            onChange={(event) => {
              setNumber(event.target.value)
              if (event.target.value === '' && filter.number) change({ number: undefined })
            }}
            onBlur={() => change({ number: plain(number) })}
            onKeyDown={(event) => {
              if (!composing(event.nativeEvent) && event.key === 'Enter') change({ number: plain(number) })
            }}
          />
          <Select
            value={filter.status ?? ''}
            popupMatchSelectWidth={false}
            aria-label={t('tel.calls.outcome')}
            data-testid="calls-status"
            options={[
              { value: '', label: t('tel.calls.anyOutcome') },
              ...outcomes.map((one) => ({ value: one as string, label: t(`tel.calls.outcomes.${one}`) })),
              ...(filter.status && !(outcomes as readonly string[]).includes(filter.status) ? [{ value: filter.status, label: filter.status }] : []),
            ]}
            onChange={(status: string) => change({ status })}
          />
          {/* Beside an open call there is little room: what narrows nothing steps back. */}
          {(!open || filter.direction) && (
            <Select
              value={filter.direction ?? ''}
              aria-label={t('tel.calls.directionLabel')}
              options={['', 'in', 'out'].map((one) => ({ value: one, label: t(one ? `tel.calls.direction.${one}` : 'tel.calls.anyDirection') }))}
              onChange={(direction: '' | 'in' | 'out') => change({ direction: direction || undefined })}
            />
          )}
          {trunks.length > 0 && (!open || filter.trunk) && (
            <Select
              value={filter.trunk ?? ''}
              popupMatchSelectWidth={false}
              showSearch={{ optionFilterProp: 'label' }}
              aria-label={t('tel.trunks.trunk')}
              options={[{ value: '', label: t('tel.calls.anyTrunk') }, ...trunks.map((trunk) => ({ value: trunk.id, label: (i18n.language === 'en' && trunk.name_en) || trunk.name }))]}
              onChange={(trunk: string) => change({ trunk })}
            />
          )}
          {(!open || filter.from || filter.to) && (
          <DatePicker.RangePicker
            className="filter-dates"
            value={[filter.from ? dayjs(filter.from) : null, filter.to ? dayjs(filter.to) : null]}
            allowEmpty={[true, true]}
            format={format}
            disabledDate={(date) => date.isAfter(today, 'day')}
            presets={[
              { label: t('list.filter.today'), value: [today, today] },
              { label: t('list.filter.week'), value: [today.subtract(6, 'day'), today] },
            ]}
            onChange={(dates) => change({ from: dates?.[0]?.format(format), to: dates?.[1]?.format(format) })}
          />
          )}
          {filter.correlation && (
            <button type="button" className="link" data-testid="calls-correlation" onClick={() => change({ correlation: undefined })}>
              {t('tel.calls.ofInteraction')} <Icon name="close" size={12} />
            </button>
          )}
          <Button data-testid="calls-refresh" onClick={() => void query.refetch()}>
            {t('list.refresh')}
          </Button>
        </header>
        <DataTable
          label={t('tel.calls.title')}
          columns={columns}
          rows={rows}
          rowId={(row) => row.id}
          source={query}
          selected={open}
          onOpen={(row) => onOpen(row.id === open ? null : row.id)}
          top={JSON.stringify(filter)}
          testId="calls"
          empty={
            <>
              {t(narrowed ? 'tel.calls.nothing' : 'tel.calls.empty')}{' '}
              {narrowed && (
                <button type="button" className="link" onClick={() => onFilter({})}>
                  {t('admin.common.clear')}
                </button>
              )}
            </>
          }
        />
      </div>
      {open && <CallSheet key={open} id={open} onClose={() => onOpen(null)} onInteraction={onInteraction} />}
    </div>
  )
}

/** As it is typed, or pasted from a page that groups digits. */
const plain = (number: string): string => number.replaceAll(/[\s()-]/g, '')
