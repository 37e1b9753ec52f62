import { Button, Dropdown, type MenuProps } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { useReasons } from '@/features/phone/reasons'
import { useAction } from '@/shared/api/lists'
import { api } from '@/shared/api/client'
import type { AgentDocument } from '@/shared/api/types'
import { problemText } from '@/shared/i18n'
import { useDocuments, useLiveFresh } from '@/shared/live/store'
import { secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { agentLook } from '@/shared/ui/agentState'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'

/** 班组: who of those within reach does what at this moment, and a leader's word where it is needed. */
export function TeamPage() {
  const { t } = useTranslation()
  const now = useNow()
  const docs = useDocuments()
  const fresh = useLiveFresh()
  const reasons = useReasons()
  const controls = useMay()('agents.control')
  const { run, busy } = useAction()
  const agents = useMemo(() => agentsOf(docs), [docs])

  const force = async (agent: AgentDocument, state: string, reason = '') => {
    const done = await run(() => api.put<AgentDocument>(`/agents/${agent.id}/state`, { state, reason }))
    if (!done.ok) toast(t('agent.failed', { why: problemText(done.problem, t) }))
    else if (done.value.pending) toast(t('team.later', { who: agent.name }))
  }
  const menu = (agent: AgentDocument): MenuProps => ({
    items: [
      { key: 'ready', label: t('agent.ready') },
      ...reasons.codes.map((code) => ({ key: `busy:${code}`, label: `${t('agent.busy')} · ${reasons.name(code)}` })),
      { type: 'divider' as const },
      { key: 'offline', label: t('team.signOut') },
    ],
    onClick: ({ key, domEvent }) => {
      domEvent.stopPropagation()
      const [state = '', reason] = key.split(':')
      void force(agent, state, reason)
    },
  })
  const columns: Column<AgentDocument>[] = [
    { id: 'number', title: t('team.number'), track: '72px', render: (row) => row.number },
    { id: 'name', title: t('team.name'), track: 'minmax(90px, 1fr)', render: (row) => row.name },
    {
      id: 'state',
      title: t('team.state'),
      track: 'minmax(150px, 1fr)',
      render: (row) => (
        <Chip tone={agentLook[row.state].tone} icon={agentLook[row.state].icon}>
          {row.state === 'busy' && row.reason ? `${t('agent.busy')} · ${reasons.name(row.reason)}` : t(`agent.${row.state}`)}
        </Chip>
      ),
    },
    { id: 'since', title: t('team.since'), track: '84px', right: true, render: (row) => (row.state === 'offline' ? '' : timer(secondsSince(row.since, now))) },
    {
      id: 'next',
      title: t('team.next'),
      track: 'minmax(110px, 1fr)',
      render: (row) => <span className="muted">{row.pending ? (row.pending.state === 'busy' ? `${t('agent.busy')} · ${reasons.name(row.pending.reason)}` : t(`agent.${row.pending.state}`)) : row.forced ? t('agent.forced') : ''}</span>,
    },
    {
      id: 'seat',
      title: t('seat.title'),
      track: 'minmax(110px, 0.8fr)',
      render: (row) => <span className={row.registered[row.seat] || row.presence === 'offline' ? undefined : 'text-red'}>{t(row.registered[row.seat] || row.presence === 'offline' ? `seat.short.${row.seat}` : `seat.unregistered.${row.seat}`)}</span>,
    },
    { id: 'answered', title: t('load.answered'), track: '84px', right: true, render: (row) => row.today.answered },
    ...(controls
      ? [
          {
            id: 'act',
            title: <span className="unseen">{t('team.set')}</span>,
            track: '84px',
            render: (row: AgentDocument) => (
              <Dropdown menu={menu(row)} trigger={['click']} disabled={busy}>
                <Button size="small" data-testid={`force-${row.number}`} aria-label={`${t('team.set')} ${row.name}`} onClick={(event) => event.stopPropagation()}>
                  {t('team.set')} <Icon name="chevronDown" size={12} />
                </Button>
              </Dropdown>
            ),
          } satisfies Column<AgentDocument>,
        ]
      : []),
  ]
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('team.title')}</h1>
          <span className="muted">{t('team.here', { count: agents.filter(({ presence }) => presence !== 'offline').length, all: agents.length })}</span>
        </header>
        <DataTable
          label={t('team.title')}
          columns={columns}
          rows={agents}
          rowId={(row) => row.id}
          source={{ isPending: !fresh && agents.length === 0, isError: false, error: null, refetch: () => undefined }}
          dimmed={(row) => row.presence === 'offline'}
          empty={t('team.empty')}
          testId="team"
        />
      </div>
    </div>
  )
}

/** Those at work first, each by number. */
function agentsOf(docs: ReturnType<typeof useDocuments>): AgentDocument[] {
  const found: AgentDocument[] = []
  for (const [key, value] of docs) if (key.startsWith('agent/')) found.push(value as AgentDocument)
  const away = ({ presence }: AgentDocument) => Number(presence === 'offline')
  return found.toSorted((a, b) => away(a) - away(b) || a.number.localeCompare(b.number))
}
