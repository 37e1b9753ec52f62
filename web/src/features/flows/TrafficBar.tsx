import { DatePicker, Segmented, Select } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'

import { length } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { useVersions } from './api'
import { most_days, type Period } from './period'
import type { Live, Traffic } from './types'

const periods = [[1, 'today'], [7, 'week'], [30, 'month'], ['own', 'own']] as const
const format = 'YYYY-MM-DD'

interface Props {
  code: string
  period: Period
  traffic: Traffic | undefined
  live: Live | undefined
  problem: unknown
  onPeriod: (period: Period) => void
  onClose: () => void
}

/** How many contacts came through and what became of them, and how many are in it now; the nodes carry their own figures. */
export function TrafficBar({ code, period, traffic, live, problem, onPeriod, onClose }: Props) {
  const { t } = useTranslation()
  const versions = useVersions(code).rows
  const now = dayjs()
  const longest = Math.max(0, ...Object.values(live?.nodes ?? {}).map((one) => one.longest_seconds))
  return (
    <div className="flow-traffic-bar" data-testid="flow-traffic">
      <Segmented size="small" value={period.days} options={periods.map(([value, name]) => ({ value, label: t(`flows.traffic.${name}`) }))} onChange={(days) => onPeriod({ ...period, days, own: days === 'own' ? (period.own ?? [now.subtract(6, 'day').format(format), now.format(format)]) : null })} aria-label={t('flows.traffic.period')} />
      {period.days === 'own' && (
        <DatePicker.RangePicker
          size="small"
          className="flow-traffic-days"
          allowClear={false}
          value={period.own ? [dayjs(period.own[0]), dayjs(period.own[1])] : null}
          disabledDate={(date, { from }) => date.isAfter(now, 'day') || (from !== undefined && Math.abs(date.diff(from, 'day')) >= most_days)}
          aria-label={t('flows.traffic.period')}
          onChange={(dates) => dates?.[0] && dates[1] && onPeriod({ ...period, own: [dates[0].format(format), dates[1].format(format)] })}
        />
      )}
      <Select
        size="small"
        className="flow-traffic-version"
        value={period.version ?? 0}
        popupMatchSelectWidth={false}
        options={[{ value: 0, label: t('flows.traffic.allVersions') }, ...versions.map(({ version }) => ({ value: version, label: t('flows.version', { version }) }))]}
        aria-label={t('flows.traffic.version')}
        data-testid="traffic-version"
        onChange={(version: number) => onPeriod({ ...period, version: version || null })}
      />
      {live && (
        <span className="flow-now" data-testid="traffic-live">
          <i className="flow-now-dot" aria-hidden="true" /> {t('flows.traffic.now', { count: live.running })}
          {live.running > 0 && <span className="flow-longest muted">{t('flows.traffic.longest', { time: length(longest) })}</span>}
        </span>
      )}
      {problem !== null && problem !== undefined && <ErrorLine problem={problem} />}
      {traffic && traffic.walks === 0 && <span className="muted">{t('flows.traffic.none')}</span>}
      {traffic && traffic.walks > 0 && (
        <dl>
          {(['walks', 'served', 'queue', 'transfer', 'unserved', 'left', 'failed'] as const)
            .filter((name) => name === 'walks' || name === 'served' || name === 'queue' || name === 'left' || traffic[name] > 0)
            .map((name) => (
              <div key={name} data-testid={`traffic-${name}`}>
                <dt>{t(`flows.traffic.${name}`)}</dt>
                <dd>{traffic[name]}</dd>
              </div>
            ))}
        </dl>
      )}
      <button type="button" className="icon-button foot-end" aria-label={t('flows.traffic.close')} title={t('flows.traffic.close')} data-testid="traffic-close" onClick={onClose}>
        <Icon name="close" size={15} />
      </button>
    </div>
  )
}
