import { Button, Input } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction as useRequest } from '@/shared/api/lists'
import { useNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { type Column, DataTable } from '@/shared/ui/DataTable'
import { save } from '@/shared/ui/download'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip, Empty, ErrorLine } from '@/shared/ui/parts'
import { ratesPath, useFlows, useRates } from './api'
import { Designer } from './Designer'
import './flows.css'
import { ImportDialog } from './ImportDialog'
import { NewFlow } from './NewFlow'
import { type Period } from './period'
import { percent } from './Rates'
import type { FlowLine, Rate } from './types'

/** 流程: all flows of the tenant; opened, one of them as it is drawn. */
export function FlowsPage({ open, onOpen }: { open: string | null; onOpen: (code: string | null) => void }) {
  const [ways, setWays] = useState<readonly string[]>([])
  // Only while the flow is open that was entered last: the browser's own ways lead elsewhere.
  const from = ways.at(-2) && ways.at(-1) === open ? (ways.at(-2) ?? null) : null
  const enter = (code: string) => {
    setWays((before) => [...(before.at(-1) === open ? before : open ? [open] : []), code])
    onOpen(code)
  }
  const leave = () => {
    setWays((before) => (from === null ? [] : before.slice(0, -1)))
    onOpen(from)
  }
  if (open) return <Designer key={open} code={open} from={from} onFlow={enter} onGone={leave} />
  return <List onOpen={onOpen} />
}

function List({ onOpen }: { onOpen: (code: string) => void }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const writable = useMay()('flows.write')
  const [q, setQ] = useState('')
  const [dialog, setDialog] = useState<'new' | 'import' | null>(null)
  const { query, rows } = useFlows()
  const counted = useRates(week, null, ['flow'])
  const rates = useMemo(() => new Map((counted.data ?? []).map((one) => [one.flow, one])), [counted.data])
  const { busy, problem, run } = useRequest('/flows/rates')
  const download = () => run(async () => save(await api.blob(ratesPath(week, null, ['flow', 'business', 'day'], 'csv')), 'self-service.csv'))
  const wanted = q.trim().toLowerCase()
  const shown = rows.filter(({ code, name }) => code.includes(wanted) || name.toLowerCase().includes(wanted))
  const columns: readonly Column<FlowLine>[] = [
    { id: 'name', title: t('flows.column.name'), track: 'minmax(140px, 1.4fr)', render: ({ name }) => <b title={name}>{name}</b> },
    { id: 'code', title: t('flows.column.code'), track: 'minmax(90px, 1fr)', render: ({ code, shipped }) => <span>{code} {shipped && <Chip>{t('flows.shipped')}</Chip>}</span> },
    {
      id: 'published',
      title: t('flows.column.published'),
      track: 'minmax(200px, 1.6fr)',
      render: ({ published }) =>
        published ? (
          <span>
            <Chip tone="ok">{t('flows.version', { version: published.version })}</Chip>{' '}
            <span className="line-minor">
              {published.at && dayTime(published.at, now, i18n.language)} {published.by}
            </span>
          </span>
        ) : (
          <Chip icon="minusCircle">{t('flows.unpublished')}</Chip>
        ),
    },
    { id: 'draft', title: t('flows.column.draft'), track: 'minmax(180px, 1.4fr)', render: (row) => <DraftState row={row} now={now} /> },
    { id: 'numbers', title: t('flows.column.numbers'), track: 'minmax(100px, 1fr)', render: ({ numbers }) => (numbers.length > 0 ? <span title={numbers.join('、')}>{numbers.join('、')}</span> : <span className="muted">{t('flows.noNumbers')}</span>) },
    { id: 'share', title: t('flows.rates.share'), track: '86px', right: true, render: ({ code }) => <Share rate={rates.get(code)} /> },
    { id: 'running', title: t('flows.column.running'), track: '80px', right: true, render: ({ running }) => running ?? '–' },
  ]
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('flows.title')}</h1>
          <Input value={q} maxLength={100} allowClear prefix={<Icon name="search" className="muted" />} placeholder={t('flows.search')} aria-label={t('flows.search')} onChange={(event) => setQ(event.target.value)} />
          <span className="admin-end">
            <Button icon={<Icon name="download" />} loading={busy} data-testid="flows-rates-csv" onClick={() => void download()}>
              {t('flows.rates.csv')}
            </Button>
            {writable && (
              <>
              <Button icon={<Icon name="upload" />} data-testid="flow-import" onClick={() => setDialog('import')}>
                {t('flows.import')}
              </Button>
              <Button icon={<Icon name="plus" />} data-testid="flow-new" onClick={() => setDialog('new')}>
                {t('flows.add')}
              </Button>
              </>
            )}
          </span>
        </header>
        {problem !== null && <ErrorLine problem={problem} />}
        <DataTable label={t('flows.title')} columns={columns} rows={shown} rowId={({ code }) => code} source={query} empty={<Empty>{t(q ? 'flows.noneFound' : 'flows.empty')}</Empty>} onOpen={({ code }) => onOpen(code)} testId="flows" />
      </div>
      {dialog === 'new' && <NewFlow flows={rows} onMade={onOpen} onClose={() => setDialog(null)} />}
      {dialog === 'import' && <ImportDialog onMade={onOpen} onClose={() => setDialog(null)} />}
    </div>
  )
}

const week: Period = { days: 7, own: null, version: null }

/** How many served themselves within seven days, and of how many. */
function Share({ rate }: { rate: Rate | undefined }) {
  const { t } = useTranslation()
  if (!rate || rate.contacts === 0) return <span className="muted" title={t('flows.rates.none')}>–</span>
  return <span title={`${t('flows.rates.week')} · ${t('flows.rates.contacts')} ${rate.contacts} · ${t('flows.rates.served')} ${rate.served} · ${t('flows.rates.contained')} ${rate.contained}`}>{percent(rate.share_served)}</span>
}

function DraftState({ row: { draft }, now }: { row: FlowLine; now: number }) {
  const { t, i18n } = useTranslation()
  if (!draft) return <span className="muted">{t('flows.noDraft')}</span>
  return (
    <span>
      {draft.errors > 0 ? (
        <Chip tone="red" icon="octagon">
          {t('flows.draftErrors', { count: draft.errors })}
        </Chip>
      ) : draft.warnings > 0 ? (
        <Chip tone="amber" icon="triangle">
          {t('flows.draftWarnings', { count: draft.warnings })}
        </Chip>
      ) : (
        <Chip tone="accent" icon="check">
          {t('flows.draftFine')}
        </Chip>
      )}{' '}
      <span className="line-minor">
        {dayTime(draft.saved_at, now, i18n.language)} {draft.by}
      </span>
    </span>
  )
}
