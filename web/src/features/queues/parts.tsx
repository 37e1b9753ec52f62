import { InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import { Field } from '@/shared/ui/Field'
import type { Touched } from './settings'

/** What each tab of a queue's settings is given. */
export interface Part {
  value: Queue
  set: (part: Touched) => void
  writes: boolean
  /** Saving was tried: what is wrong is shown. */
  tried: boolean
}

interface Props {
  id: string
  label: string
  value: number
  low?: number
  high: number
  hint?: string
  unit?: string
  disabled: boolean
  onChange: (value: number) => void
}

/** A whole number with its unit; seconds unless said otherwise. */
export function Whole({ id, label, value, low = 0, high, hint, unit, disabled, onChange }: Props) {
  const { t } = useTranslation()
  return (
    <Field id={id} label={label} hint={hint}>
      <InputNumber id={id} value={value} min={low} max={high} precision={0} disabled={disabled} suffix={unit ?? t('queueSet.seconds')} onChange={(next) => next !== null && onChange(Number(next))} />
    </Field>
  )
}
