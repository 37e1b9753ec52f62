import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import { useAll } from '@/shared/api/lists'
import { queuesOf, useDocuments } from '@/shared/live/store'
import { useNow } from '@/shared/time/clock'
import { length, secondsSince } from '@/shared/time/format'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { NewQueue } from './NewQueue'
import { Numbers } from './Numbers'
import { QueueSheet } from './QueueSheet'
import './queues.css'

/** 队列: how each stands now; its members and settings beside it, and the numbers that callers dial. */
export function QueuesPage({ open, onOpen }: { open: string | null; onOpen: (id: string | null) => void }) {
  const { t, i18n } = useTranslation()
  const may = useMay()
  const writes = may('queues.write')
  const queues = useAll<Queue>('/queues')
  const [adding, setAdding] = useState(false)
  const docs = useDocuments()
  const now = useNow()
  const live = useMemo(() => new Map(queuesOf(docs).map((queue) => [queue.id, queue])), [docs])
  const chosen = queues.rows.find(({ id }) => id === open)
  const name = (queue: Queue) => (i18n.language === 'en' && queue.name_en) || queue.name
  const columns: Column<Queue>[] = [
    { id: 'name', title: t('admin.common.name'), track: 'minmax(100px, 1.4fr)', render: (queue) => <b title={name(queue)}>{name(queue)}</b> },
    { id: 'code', title: t('admin.common.code'), track: 'minmax(64px, 0.7fr)', render: (queue) => <span className="muted">{queue.code}</span> },
    { id: 'members', title: t('admin.queues.members'), track: '64px', right: true, render: (queue) => queue.members },
    { id: 'ready', title: t('admin.queues.ready'), track: '56px', right: true, render: (queue) => live.get(queue.id)?.ready ?? '–' },
    { id: 'talking', title: t('admin.queues.talking'), track: '56px', right: true, render: (queue) => live.get(queue.id)?.talking ?? '–' },
    {
      id: 'waiting',
      title: t('admin.queues.waiting'),
      track: '64px',
      right: true,
      render: (queue) => {
        const waiting = live.get(queue.id)?.waiting
        return <span className={waiting ? 'text-amber' : undefined}>{waiting ?? '–'}</span>
      },
    },
    {
      id: 'longest',
      title: t('admin.queues.longest'),
      track: '72px',
      right: true,
      render: (queue) => {
        const since = live.get(queue.id)?.longest_since
        return since ? length(secondsSince(since, now)) : '–'
      },
    },
  ]
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('admin.queues.queues')}</h1>
          {writes && (
            <span className="admin-end">
              <Button icon={<Icon name="plus" />} data-testid="queue-new" onClick={() => setAdding(true)}>
                {t('admin.queues.add')}
              </Button>
            </span>
          )}
        </header>
        <DataTable label={t('admin.queues.queues')} columns={columns} rows={queues.rows} rowId={(queue) => queue.id} source={queues.query} selected={open} dimmed={(queue) => !queue.active} onOpen={(queue) => onOpen(queue.id === open ? null : queue.id)} empty={t('admin.queues.empty')} testId="queues" />
      </div>
      {chosen ? <QueueSheet key={chosen.id} queue={chosen} queues={queues.rows} onClose={() => onOpen(null)} /> : <Numbers writes={writes} />}
      {adding && (
        <NewQueue
          onClose={() => setAdding(false)}
          onMade={(id) => {
            setAdding(false)
            onOpen(id)
          }}
        />
      )}
    </div>
  )
}
