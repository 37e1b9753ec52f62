import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'

import { useMay } from '@/shared/ui/may'
import { AccessTab } from './AccessTab'
import { BansTab } from './BansTab'
import { TollTab } from './TollTab'

export const guardTabs = ['bans', 'access', 'toll'] as const
export type GuardTab = (typeof guardTabs)[number]

/** 防护: who is shut out, who may speak to us at all, and which numbers may be called by whom. */
export function GuardsPage({ tab, onTab }: { tab: GuardTab; onTab: (tab: GuardTab) => void }) {
  const { t } = useTranslation()
  const writes = useMay()('telephony.write')
  const tabs = (
    <>
      <h1 className="page-title">{t('tel.guards.title')}</h1>
      <Segmented value={tab} aria-label={t('tel.guards.title')} options={guardTabs.map((value) => ({ value, label: <span data-testid={`tab-${value}`}>{t(`tel.guards.tab.${value}`)}</span> }))} onChange={onTab} />
    </>
  )
  return (
    <div className="admin">
      {tab === 'bans' && <BansTab head={tabs} writes={writes} />}
      {tab === 'access' && <AccessTab head={tabs} writes={writes} />}
      {tab === 'toll' && <TollTab head={tabs} writes={writes} />}
    </div>
  )
}
