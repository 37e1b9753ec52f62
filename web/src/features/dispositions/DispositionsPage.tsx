import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import { useAll } from '@/shared/api/lists'
import type { Disposition } from '@/shared/api/queues'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip } from '@/shared/ui/parts'
import { DispositionDialog } from './DispositionDialog'

/** What is open: one that is there, or a new one, below another or at the top. */
type Open = { one: Disposition } | { below: Disposition | null }

/** 小结: what agents choose in the wrap-up, a tree of two levels. */
export function DispositionsPage() {
  const { t, i18n } = useTranslation()
  const writes = useMay()('queues.write')
  const dispositions = useAll<Disposition>('/dispositions')
  const queues = useAll<Queue>('/queues').rows
  const [open, setOpen] = useState<Open | null>(null)
  const english = i18n.language === 'en'
  const nameOf = (one: { name: string; name_en: string }) => (english && one.name_en) || one.name
  const columns: Column<Disposition>[] = [
    {
      id: 'name',
      title: t('admin.common.name'),
      track: 'minmax(180px, 1.4fr)',
      render: (one) => (
        <span className={one.parent_id ? 'tree-name disposition-below' : 'tree-name'}>
          {one.parent_id ? nameOf(one) : <b>{nameOf(one)}</b>}
          {one.needs_note && (
            <Chip tone="neutral" icon="pen">
              {t('dispositions.noteMark')}
            </Chip>
          )}
          {!one.active && (
            <Chip tone="neutral" icon="minusCircle">
              {t('dispositions.off')}
            </Chip>
          )}
        </span>
      ),
    },
    { id: 'code', title: t('admin.common.code'), track: 'minmax(120px, 1fr)', render: (one) => <span className="muted">{one.code}</span> },
    {
      id: 'queues',
      title: t('dispositions.queues'),
      track: 'minmax(120px, 1fr)',
      render: (one) => (one.queue_ids.length === 0 ? <span className="muted">{t('dispositions.everywhere')}</span> : one.queue_ids.map((id) => nameOf(queues.find((queue) => queue.id === id) ?? { name: '?', name_en: '' })).join(' ')),
    },
    {
      id: 'below',
      title: '',
      track: '88px',
      right: true,
      render: (one) =>
        writes && !one.parent_id ? (
          <button
            type="button"
            className="link"
            aria-label={`${t('dispositions.addBelow')} ${nameOf(one)}`}
            onClick={(event) => {
              event.stopPropagation()
              setOpen({ below: one })
            }}
          >
            {t('dispositions.addBelow')}
          </button>
        ) : null,
    },
  ]
  return (
    <div className="admin">
      <div className="admin-main admin-narrow" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('dispositions.title')}</h1>
          {writes && (
            <span className="admin-end">
              <Button icon={<Icon name="plus" />} data-testid="disposition-new" onClick={() => setOpen({ below: null })}>
                {t('dispositions.add')}
              </Button>
            </span>
          )}
        </header>
        <p className="admin-hint">{t('dispositions.hint')}</p>
        <DataTable label={t('dispositions.title')} columns={columns} rows={dispositions.rows} rowId={(one) => one.id} source={dispositions.query} dimmed={(one) => !one.active} onOpen={writes ? (one) => setOpen({ one }) : undefined} empty={t('dispositions.empty')} testId="dispositions" />
      </div>
      {open && <DispositionDialog thing={'one' in open ? open.one : null} below={'below' in open ? open.below : null} all={dispositions.rows} queues={queues} onClose={() => setOpen(null)} />}
    </div>
  )
}
