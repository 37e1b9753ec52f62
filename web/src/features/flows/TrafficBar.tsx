import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'

import { ErrorLine } from '@/shared/ui/parts'
import type { Traffic } from './types'

const periods = [0, 6, 29] as const
const names = ['flows.traffic.today', 'flows.traffic.week', 'flows.traffic.month'] as const

/** How many contacts came through, and what became of them; the nodes carry their own figures. */
export function TrafficBar({ days, traffic, problem, onDays }: { days: number; traffic: Traffic | undefined; problem: unknown; onDays: (days: number) => void }) {
  const { t } = useTranslation()
  return (
    <div className="flow-traffic-bar" data-testid="flow-traffic">
      <Segmented size="small" value={days} options={periods.map((value, place) => ({ value, label: t(names[place] ?? '') }))} onChange={onDays} aria-label={t('flows.traffic.title')} />
      {problem !== null && problem !== undefined && <ErrorLine problem={problem} />}
      {traffic && traffic.walks === 0 && <span className="muted">{t('flows.traffic.none')}</span>}
      {traffic && traffic.walks > 0 && (
        <dl>
          {(['walks', 'served', 'queue', 'transfer', 'unserved', 'left', 'failed'] as const).map((name) => (
            <div key={name}>
              <dt>{t(`flows.traffic.${name}`)}</dt>
              <dd>{traffic[name]}</dd>
            </div>
          ))}
          <div>
            <dt>{t('flows.traffic.share')}</dt>
            <dd>{traffic.share_served === null ? '–' : `${Math.round(traffic.share_served * 100)}%`}</dd>
          </div>
          <div>
            <dt>{t('flows.traffic.repeated')}</dt>
            <dd>{traffic.repeated_within_day ?? '–'}</dd>
          </div>
        </dl>
      )}
    </div>
  )
}
