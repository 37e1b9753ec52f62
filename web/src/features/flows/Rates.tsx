import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction as useRequest } from '@/shared/api/lists'
import { useNow } from '@/shared/time/clock'
import { day } from '@/shared/time/format'
import { save } from '@/shared/ui/download'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { ratesPath, useRates } from './api'
import type { Period } from './period'
import type { Rate } from './types'

interface Props {
  code: string
  period: Period
  /** Contacts have come through, as a rule from another flow. */
  passed: boolean
}

export const percent = (share: number | null | undefined): string => (share === null || share === undefined ? '–' : `${Math.round(share * 100)}%`)

/** How many serve themselves here: in all, by day, by business. */
export function Rates({ code, period, passed }: Props) {
  const { t } = useTranslation()
  const all = useRates(period, code, [])
  const businesses = useRates(period, code, ['business'])
  const days = useRates(period, code, ['day'])
  const { busy, problem, run } = useRequest('/flows/rates')
  const download = () =>
    run(async () => save(await api.blob(ratesPath(period, code, ['business', 'day'], 'csv')), `self-service-${code}.csv`))
  const [whole] = all.data ?? []
  const nobody = all.data !== undefined && (whole === undefined || whole.contacts === 0)
  const failed = all.error ?? businesses.error ?? days.error ?? problem
  return (
    <Section
      icon="signal"
      title={t('flows.rates.title')}
      extra={
        <Button size="small" type="text" icon={<Icon name="download" size={14} />} loading={busy} data-testid="rates-csv" onClick={() => void download()}>
          CSV
        </Button>
      }
    >
      {failed ? <ErrorLine problem={failed} /> : all.isPending && <Skeleton rows={3} />}
      {nobody && <p className="muted" data-testid="rates-none">{t(passed ? 'flows.rates.elsewhere' : 'flows.traffic.none')}</p>}
      {whole && !nobody && period.version !== null && <p className="muted" data-testid="rates-all-versions">{t('flows.rates.allVersions')}</p>}
      {whole && !nobody && (
        <dl className="flow-rates" data-testid="flow-rates">
          <div title={t('flows.rates.shareHint')}>
            <dt>{t('flows.rates.share')}</dt>
            <dd>{whole.contacts > 0 ? percent(whole.share_served) : '–'}</dd>
          </div>
          <div title={t('flows.rates.containedHint')}>
            <dt>{t('flows.rates.contained')}</dt>
            <dd>{whole.contacts > 0 && whole.contained !== null ? percent(whole.contained / whole.contacts) : '–'}</dd>
          </div>
          <div title={t('flows.rates.repeatedHint')}>
            <dt>{t('flows.rates.repeated')}</dt>
            <dd>{whole.repeated_within_day === null || whole.served === 0 ? '–' : percent(whole.repeated_within_day / whole.served)}</dd>
          </div>
        </dl>
      )}
      {(days.data?.length ?? 0) > 1 && <Line rates={days.data ?? []} />}
      {(businesses.data?.length ?? 0) > 0 && (
        <table className="flow-business" data-testid="rates-business">
          <thead>
            <tr>
              <th scope="col">{t('flows.field.business')}</th>
              <th scope="col">{t('flows.rates.passages')}</th>
              <th scope="col">{t('flows.rates.served')}</th>
              <th scope="col">{t('flows.rates.share')}</th>
            </tr>
          </thead>
          <tbody>
            {(businesses.data ?? []).map((one) => (
              <tr key={one.business ?? ''}>
                <th scope="row" className="ellipsis" title={one.business ?? ''}>
                  {t(`flows.businesses.${one.business ?? ''}`, { defaultValue: one.business ?? '' })}
                </th>
                <td>{one.contacts}</td>
                <td>{one.served}</td>
                <td>{percent(one.share_served)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}

const [wide, high] = [300, 64]

/** The share day by day, over how many came. */
function Line({ rates }: { rates: readonly Rate[] }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const most = Math.max(1, ...rates.map(({ contacts }) => contacts))
  const step = wide / rates.length
  const x = (place: number) => (place + 0.5) * step
  const met = rates.flatMap((one, place) => (one.contacts > 0 ? [[x(place), high - one.share_served * high] as const] : []))
  const said = (one: Rate) => `${day(one.start ?? '', now, i18n.language)} · ${t('flows.rates.contacts')} ${one.contacts} · ${t('flows.rates.share')} ${one.contacts > 0 ? percent(one.share_served) : '–'}`
  return (
    <figure className="flow-days" data-testid="rates-days">
      <svg viewBox={`0 -4 ${wide} ${high + 6}`} role="img" aria-label={`${t('flows.rates.byDay')}: ${rates.filter(({ contacts }) => contacts > 0).map(said).join('; ')}`}>
        {rates.map((one, place) => (
          <g key={one.start}>
            <rect className="flow-days-bar" x={x(place) - step * 0.36} width={step * 0.72} y={high - (one.contacts / most) * high} height={(one.contacts / most) * high} />
            <rect x={place * step} width={step} y={-4} height={high + 6} fill="transparent">
              <title>{said(one)}</title>
            </rect>
          </g>
        ))}
        <path className="flow-days-line" d={met.map(([left, top], place) => `${place === 0 ? 'M' : 'L'}${left.toFixed(1)} ${top.toFixed(1)}`).join('')} />
        {met.map(([left, top]) => (
          <circle key={left} className="flow-days-dot" cx={left} cy={top} r={rates.length > 40 ? 1.2 : 2.4} />
        ))}
      </svg>
      <figcaption>
        <span>{day(rates[0]?.start ?? '', now, i18n.language)}</span>
        <span>
          <i className="flow-days-key-line" /> {t('flows.rates.share')} <i className="flow-days-key-bar" /> {t('flows.rates.contacts')} ({most})
        </span>
        <span>{day(rates.at(-1)?.start ?? '', now, i18n.language)}</span>
      </figcaption>
    </figure>
  )
}
