import { Button, Segmented } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { useAll } from '@/shared/api/lists'
import type { Trunk, TrunkDocument } from '@/shared/api/telephony'
import { useDocuments, useLiveFresh } from '@/shared/live/store'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip } from '@/shared/ui/parts'
import { channelsOf, crowded, percent, trunkLook } from './look'
import { RoutesTab } from './RoutesTab'
import { TrunkSheet } from './TrunkSheet'

export type TrunksTab = 'trunks' | 'routes'

interface Props {
  tab: TrunksTab
  /** A trunk's id, or `new`. */
  open: string | null
  onTab: (tab: TrunksTab) => void
  onOpen: (id: string | null) => void
  onCalls: (trunk: string) => void
}

/** 中继: how each line to the world stands at this moment, and which way a number goes. */
export function TrunksPage({ tab, open, onTab, onOpen, onCalls }: Props) {
  const { t } = useTranslation()
  const writes = useMay()('telephony.write')
  const trunks = useAll<Trunk>('/trunks')
  const docs = useDocuments()
  const fresh = useLiveFresh()
  const live = useMemo(() => {
    const found = new Map<string, TrunkDocument>()
    for (const [key, value] of docs) if (key.startsWith('trunk/')) found.set(key.slice(6), value as unknown as TrunkDocument)
    return found
  }, [docs])
  const chosen = trunks.rows.find(({ id }) => id === open)
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">
            {t('tel.trunks.title')}
            {!fresh && live.size > 0 && <small className="text-amber">{t('tel.trunks.old')}</small>}
          </h1>
          <Segmented
            value={tab}
            aria-label={t('tel.trunks.title')}
            options={(['trunks', 'routes'] as const).map((value) => ({ value, label: <span data-testid={`tab-${value}`}>{t(`tel.trunks.tab.${value}`)}</span> }))}
            onChange={onTab}
          />
          {writes && tab === 'trunks' && (
            <span className="admin-end">
              <Button icon={<Icon name="plus" />} data-testid="trunk-new" onClick={() => onOpen('new')}>
                {t('tel.trunks.add')}
              </Button>
            </span>
          )}
        </header>
        {tab === 'routes' ? <RoutesTab trunks={trunks.rows} writes={writes} live={live} /> : <TrunkTable trunks={trunks} live={live} open={open} onOpen={onOpen} />}
      </div>
      {tab === 'trunks' && (chosen || open === 'new') && (
        <TrunkSheet
          key={chosen?.id ?? 'new'}
          trunk={chosen ?? null}
          live={chosen && live.get(chosen.id)}
          onClose={() => onOpen(null)}
          onMade={onOpen}
          onReload={() => void trunks.query.refetch()}
          onCalls={onCalls}
        />
      )}
    </div>
  )
}

function TrunkTable({ trunks, live, open, onOpen }: { trunks: ReturnType<typeof useAll<Trunk>>; live: ReadonlyMap<string, TrunkDocument>; open: string | null; onOpen: (id: string | null) => void }) {
  const { t, i18n } = useTranslation()
  const name = (trunk: Trunk) => (i18n.language === 'en' && trunk.name_en) || trunk.name
  const columns: Column<Trunk>[] = [
    {
      id: 'name',
      title: t('admin.common.name'),
      track: 'minmax(120px, 1.2fr)',
      render: (trunk) => (
        <>
          <b title={name(trunk)}>{name(trunk)}</b> <span className="muted">{trunk.code}</span>
        </>
      ),
    },
    {
      id: 'state',
      title: t('tel.trunks.state'),
      track: i18n.language === 'en' ? '124px' : '104px',
      render: (trunk) => {
        const state = trunk.active ? (live.get(trunk.id)?.state ?? 'unknown') : 'inactive'
        const look = trunkLook[state]
        return (
          <Chip tone={look.tone} icon={look.icon}>
            {t(`tel.trunks.life.${state}`)}
          </Chip>
        )
      },
    },
    {
      id: 'trouble',
      title: t('tel.trunks.troubleTitle'),
      track: 'minmax(120px, 1.4fr)',
      render: (trunk) => {
        const error = trunk.active ? live.get(trunk.id)?.error : null
        return (
          error && (
            <span className="text-red" title={error.text} data-testid={`trouble-${trunk.code}`}>
              {t(`tel.trunks.trouble.${error.code}`, { defaultValue: error.text })}
            </span>
          )
        )
      },
    },
    ...(open
      ? []
      : ([
          { id: 'place', title: t('tel.trunks.place'), track: 'minmax(120px, 1fr)', render: (trunk) => <span title={placeOf(trunk)}>{placeOf(trunk) || <span className="muted">{t(trunk.peer_username ? 'tel.trunks.registersHere' : 'tel.trunks.fromAnywhere')}</span>}</span> },
          { id: 'direction', title: t('tel.trunks.field.direction'), track: i18n.language === 'en' ? '96px' : '64px', render: (trunk) => <span className="muted">{t(`tel.trunks.direction.${trunk.direction}`)}</span> },
        ] satisfies Column<Trunk>[])),
    {
      id: 'channels',
      title: t('tel.trunks.channels'),
      track: '88px',
      right: true,
      render: (trunk) => <span className={crowded(live.get(trunk.id), trunk.max_channels_total) ? 'text-amber' : undefined}>{channelsOf(live.get(trunk.id), trunk.max_channels_total)}</span>,
    },
    ...(open
      ? []
      : ([
          { id: 'today', title: t('tel.trunks.callsToday'), track: '80px', right: true, render: (trunk) => live.get(trunk.id)?.calls_today ?? '–' },
          { id: 'asr', title: t('tel.trunks.asr'), track: '64px', right: true, render: (trunk) => percent(live.get(trunk.id)?.asr) },
          {
            id: 'options',
            title: 'OPTIONS',
            track: '80px',
            right: true,
            render: (trunk) => {
              const took = live.get(trunk.id)?.last_options_ms
              return took == null ? '–' : `${took} ms`
            },
          },
        ] satisfies Column<Trunk>[])),
  ]
  return (
    <DataTable
      label={t('tel.trunks.title')}
      columns={columns}
      rows={trunks.rows}
      rowId={(trunk) => trunk.id}
      source={trunks.query}
      selected={open}
      onOpen={(trunk) => onOpen(trunk.id === open ? null : trunk.id)}
      dimmed={(trunk) => !trunk.active}
      empty={t('tel.trunks.empty')}
      testId="trunks"
    />
  )
}

/** Where it is reached; of one that only calls us, where from. */
const placeOf = ({ host, port, transport, sources }: Trunk): string => (host ? `${host}${port ? `:${port}` : ''}${transport === 'auto' ? '' : ` ${transport.toUpperCase()}`}` : sources.map((source) => source.replace(/\/(32|128)$/, '')).join(', '))
