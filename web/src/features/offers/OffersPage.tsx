import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Offer } from '@/shared/api/knowledge'
import { usePages } from '@/shared/api/lists'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { Chip } from '@/shared/ui/parts'
import { OfferSheet } from './OfferSheet'
import './offers.css'

/** 推荐: what may be offered to whom, and what came of it. */
export function OffersPage() {
  const { t, i18n } = useTranslation()
  const { query, rows } = usePages<Offer>('/offers')
  const [open, setOpen] = useState<string | null>(null)
  const chosen = open === 'new' ? null : (rows.find(({ id }) => id === open) ?? null)
  const nameOf = (one: Offer) => (i18n.language === 'en' && one.name_en) || one.name
  const figure = (id: 'shown' | 'accepted' | 'refused' | 'later' | 'not_offered'): Column<Offer> => ({ id, title: t(`offers.figure.${id}`), track: '64px', right: true, render: ({ figures }) => figures[id] })
  const columns: Column<Offer>[] = [
    {
      id: 'name',
      title: t('admin.common.name'),
      track: 'minmax(160px, 1.6fr)',
      render: (one) => (
        <>
          <b title={nameOf(one)}>{nameOf(one)}</b> {!one.active && <Chip icon="minusCircle">{t('offers.off')}</Chip>}
        </>
      ),
    },
    { id: 'priority', title: t('offers.priority'), track: '72px', right: true, render: (one) => one.priority },
    figure('shown'),
    figure('accepted'),
    figure('refused'),
    figure('later'),
    figure('not_offered'),
    { id: 'rate', title: t('offers.figure.rate'), track: '72px', right: true, render: ({ figures }) => (figures.shown > 0 ? `${Math.round((figures.accepted / figures.shown) * 100)}%` : '–') },
  ]
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">{t('offers.title')}</h1>
          <span className="admin-end">
            <Button icon={<Icon name="plus" />} data-testid="offer-new" onClick={() => setOpen('new')}>
              {t('offers.add')}
            </Button>
          </span>
        </header>
        <p className="admin-hint">{t('offers.hint')}</p>
        <DataTable label={t('offers.title')} columns={columns} rows={rows} rowId={(one) => one.id} source={query} selected={open} dimmed={(one) => !one.active} onOpen={(one) => setOpen(one.id)} empty={t('offers.empty')} testId="offers" />
      </div>
      {(open === 'new' || chosen) && <OfferSheet key={chosen ? `${chosen.id}.${chosen.changed_at}` : 'new'} offer={chosen} onClose={() => setOpen(null)} onMade={setOpen} />}
    </div>
  )
}
