import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useNews } from '@/features/colleagues/news'
import { usePages } from '@/shared/api/lists'
import type { Bulletin } from '@/shared/api/colleagues'
import { useNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay, useMe } from '@/shared/ui/may'
import { Chip } from '@/shared/ui/parts'
import { BulletinSheet } from './BulletinSheet'
import { isOver, isWaiting } from './bulletins'
import { PublishDialog } from './PublishDialog'
import './bulletins.css'

const tabs = ['current', 'past', 'all'] as const

/** 公告: what was told to me; for who writes them, what was told to whom and who has read it. */
export function BulletinsPage() {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const me = useMe()
  const writes = useMay()('bulletins.write')
  const [tab, setTab] = useState<(typeof tabs)[number]>('current')
  const [open, setOpen] = useState<string | null>(null)
  const [writing, setWriting] = useState(false)
  useNews(`bulletins/${me.tenant.id}`, '/bulletins')
  const { query, rows } = usePages<Bulletin>('/bulletins', { state: tab })
  const chosen = rows.find(({ id }) => id === open)
  const columns: Column<Bulletin>[] = [
    { id: 'from', title: t('bulletin.from'), track: '108px', render: (row) => dayTime(row.valid_from, now, i18n.language) },
    {
      id: 'title',
      title: t('bulletin.subject'),
      track: 'minmax(200px, 2fr)',
      render: (row) => (
        <span className="bulletin-line">
          {row.importance === 'important' && (
            <Chip tone="amber" icon="triangle">
              {t('bulletin.important')}
            </Chip>
          )}
          <span className={`ellipsis ${isWaiting(row) && !isOver(row, now) ? 'bulletin-new' : ''}`}>{row.title}</span>
        </span>
      ),
    },
    { id: 'author', title: t('bulletin.author'), track: 'minmax(80px, 0.7fr)', render: (row) => row.author.name },
    {
      id: 'state',
      title: t('bulletin.state'),
      track: 'minmax(110px, 0.8fr)',
      render: (row) => {
        if (row.withdrawn_at) return <span className="muted">{t('bulletin.withdrawn')}</span>
        if (isOver(row, now)) return <span className="muted">{t('bulletin.over')}</span>
        if (Date.parse(row.valid_from) > now) return <span className="muted">{t('bulletin.later')}</span>
        return isWaiting(row) ? <span className="text-amber">{t(row.must_confirm ? 'bulletin.toConfirm' : 'bulletin.unread')}</span> : <span className="text-ok">{t(row.must_confirm ? 'bulletin.confirmed' : 'bulletin.read')}</span>
      },
    },
    ...(writes ? [{ id: 'receipts', title: t('bulletin.receipts'), track: '108px', right: true, render: (row: Bulletin) => row.receipts && `${row.must_confirm ? row.receipts.confirmed : row.receipts.read} / ${row.receipts.meant}` } satisfies Column<Bulletin>] : []),
  ]
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('bulletin.title')}</h1>
          <Segmented value={tab} options={tabs.map((value) => ({ value, label: t(`bulletin.tab.${value}`) }))} onChange={setTab} />
          {writes && (
            <span className="admin-end">
              <Button icon={<Icon name="plus" />} data-testid="bulletin-new" onClick={() => setWriting(true)}>
                {t('bulletin.write')}
              </Button>
            </span>
          )}
        </header>
        <DataTable
          label={t('bulletin.title')}
          columns={columns}
          rows={rows}
          rowId={(row) => row.id}
          source={query}
          selected={open}
          top={tab}
          dimmed={(row) => isOver(row, now)}
          testId="bulletins"
          onOpen={(row) => setOpen(row.id)}
          empty={t('bulletin.empty')}
        />
      </div>
      {chosen && <BulletinSheet key={chosen.id} bulletin={chosen} onClose={() => setOpen(null)} />}
      {writing && <PublishDialog onClose={() => setWriting(false)} />}
    </div>
  )
}
