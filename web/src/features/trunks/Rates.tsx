import { Button, Input, InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Trunk } from '@/shared/api/telephony'
import { Icon } from '@/shared/ui/Icon'

type Rate = Trunk['rates'][number]

/** What a minute costs, by prefix: the cheapest trunk is called first. */
export function Rates({ value, disabled, onChange }: { value: readonly Rate[]; disabled: boolean; onChange: (value: Rate[]) => void }) {
  const { t } = useTranslation()
  const put = (index: number, part: Partial<Rate>) => onChange(value.map((rate, at) => (at === index ? { ...rate, ...part } : rate)))
  return (
    <div className="rules">
      {value.slice(0, 200).map((rate, index) => (
        // Prefixes are being typed; they name nothing yet.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className="rule rate">
          <Input size="small" value={rate.prefix} disabled={disabled} placeholder={t('tel.trunks.ratePrefix')} aria-label={t('tel.trunks.ratePrefix')} inputMode="numeric" onChange={({ target }) => put(index, { prefix: target.value.trim() })} />
          <InputNumber
            size="small"
            min={0}
            max={1_000_000}
            step={0.01}
            precision={4}
            controls={false}
            value={rate.per_minute_micro / 1_000_000}
            disabled={disabled}
            prefix="¥"
            suffix={t('tel.trunks.perMinute')}
            aria-label={`${rate.prefix} ${t('tel.trunks.perMinute')}`}
            onChange={(price) => put(index, { per_minute_micro: Math.round(Number(price ?? 0) * 1_000_000) })}
          />
          {!disabled && (
            <button type="button" className="icon-button" aria-label={t('admin.common.remove')} title={t('admin.common.remove')} onClick={() => onChange(value.filter((_, at) => at !== index))}>
              <Icon name="close" />
            </button>
          )}
        </div>
      ))}
      {value.length > 200 && <p className="field-hint">{t('tel.trunks.moreRates', { count: value.length - 200 })}</p>}
      {!disabled && (
        <Button size="small" type="text" icon={<Icon name="plus" size={14} />} onClick={() => onChange([...value, { prefix: '', per_minute_micro: 0 }])}>
          {t('tel.trunks.addRate')}
        </Button>
      )}
    </div>
  )
}
