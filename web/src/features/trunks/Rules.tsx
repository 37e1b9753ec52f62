import { Button, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Rewriting } from '@/shared/api/telephony'
import { Icon } from '@/shared/ui/Icon'

const formats = ['as_is', 'e164', 'national', 'international00'] as const

interface Props {
  label: string
  value: Rewriting
  disabled: boolean
  onChange: (value: Rewriting) => void
}

/** How numbers are written anew: their form, and rules by what they begin with. */
export function Rules({ label, value, disabled, onChange }: Props) {
  const { t } = useTranslation()
  const { rules } = value
  const put = (index: number, part: object) => onChange({ ...value, rules: rules.map((rule, at) => (at === index ? { ...rule, ...part } : rule)) })
  return (
    <div className="rules" role="group" aria-label={label}>
      <div className="rules-head">
        <span>{label}</span>
        <Select
          size="small"
          value={value.format}
          disabled={disabled}
          popupMatchSelectWidth={false}
          aria-label={`${label} ${t('tel.trunks.format')}`}
          options={formats.map((one) => ({ value: one, label: t(`tel.trunks.formats.${one}`) }))}
          onChange={(format: (typeof formats)[number]) => onChange({ ...value, format })}
        />
        {!disabled && (
          <Button size="small" type="text" icon={<Icon name="plus" size={14} />} onClick={() => onChange({ ...value, rules: [...rules, { prefix: '', strip: 0, add: '' }] })}>
            {t('tel.trunks.addRule')}
          </Button>
        )}
      </div>
      {rules.map((rule, index) => (
        // Rules have no name of their own.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className="rule">
          <span className="muted">{t('tel.trunks.ruleBegins')}</span>
          <Input size="small" value={rule.prefix} disabled={disabled} placeholder={t('tel.trunks.ruleAny')} aria-label={`${label} ${t('tel.trunks.ruleBegins')}`} onChange={({ target }) => put(index, { prefix: target.value.trim() })} />
          <span className="muted">{t('tel.trunks.ruleStrip')}</span>
          <InputNumber size="small" min={0} max={20} precision={0} value={rule.strip} disabled={disabled} aria-label={`${label} ${t('tel.trunks.ruleStrip')}`} onChange={(strip) => put(index, { strip: Number(strip ?? 0) })} />
          <span className="muted">{t('tel.trunks.ruleAdd')}</span>
          <Input size="small" value={rule.add} disabled={disabled} aria-label={`${label} ${t('tel.trunks.ruleAdd')}`} onChange={({ target }) => put(index, { add: target.value.trim() })} />
          {!disabled && (
            <button type="button" className="icon-button" aria-label={t('admin.common.remove')} title={t('admin.common.remove')} onClick={() => onChange({ ...value, rules: rules.filter((_, at) => at !== index) })}>
              <Icon name="close" />
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
