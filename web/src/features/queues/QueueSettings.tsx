import { Button, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Section } from '@/shared/ui/parts'

const strategies = ['longest_idle', 'best_skill'] as const
const fields = ['name', 'name_en', 'priority', 'ring_seconds', 'wrapup_seconds', 'strategy'] as const

/** Name, order and times; saved together. */
export function QueueSettings({ queue, writes }: { queue: Queue; writes: boolean }) {
  const { t } = useTranslation()
  const [touched, setTouched] = useState<Partial<Queue>>({})
  const [saved, setSaved] = useState(false)
  const { busy, problem, run } = useAction('/queues')
  const value = { ...queue, ...touched }
  const changes = Object.fromEntries(fields.filter((field) => value[field] !== queue[field]).map((field) => [field, value[field]]))
  const changed = Object.keys(changes).length > 0
  const set = (part: Partial<Queue>) => {
    setTouched({ ...touched, ...part })
    setSaved(false)
  }
  const save = async () => {
    if (!value.name.trim() || !changed || busy) return
    const { ok } = await run(() => api.patch(`/queues/${queue.id}`, changes))
    if (ok) {
      setTouched({})
      setSaved(true)
    }
  }
  const number = (field: 'priority' | 'ring_seconds' | 'wrapup_seconds', label: string, low: number, high: number, hint?: string) => (
    <Field id={`queue-${field}`} label={label} hint={hint}>
      <InputNumber
        id={`queue-${field}`}
        value={value[field]}
        min={low}
        max={high}
        precision={0}
        disabled={!writes}
        suffix={field === 'priority' ? undefined : t('admin.queues.seconds')}
        onChange={(next) => next !== null && set({ [field]: Number(next) })}
      />
    </Field>
  )
  return (
    <Section icon="gear" title={t('admin.queues.settings')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Field id="queue-name" label={t('admin.common.name')} required error={value.name.trim() ? undefined : 'admin.common.nameMissing'}>
          <Input id="queue-name" value={value.name} maxLength={100} disabled={!writes} onChange={(event) => set({ name: event.target.value })} />
        </Field>
        <Field id="queue-name-en" label={t('admin.common.nameEn')}>
          <Input id="queue-name-en" value={value.name_en} maxLength={100} disabled={!writes} onChange={(event) => set({ name_en: event.target.value })} />
        </Field>
        <Field id="queue-strategy" label={t('admin.queues.strategy')}>
          <Select
            id="queue-strategy"
            value={value.strategy}
            disabled={!writes}
            options={strategies.map((one) => ({ value: one, label: t(`admin.queues.strategies.${one}`) }))}
            onChange={(strategy: string) => set({ strategy })}
          />
        </Field>
        {number('priority', t('admin.queues.priority'), -100, 100, t('admin.queues.priorityHint'))}
        {number('ring_seconds', t('admin.queues.ring'), 5, 600)}
        {number('wrapup_seconds', t('admin.queues.wrapup'), 0, 3600)}
        {writes && (
          <div className="field">
            <span />
            <span className="form-end">
              <Button type="primary" htmlType="submit" disabled={!changed} loading={busy} data-testid="queue-settings-save">
                {t('admin.common.save')}
              </Button>
              {saved && !changed && (
                <span className="saved" role="status">
                  <Icon name="check" /> {t('admin.common.saved')}
                </span>
              )}
            </span>
          </div>
        )}
        {problem !== null && <ErrorLine problem={problem} />}
      </form>
    </Section>
  )
}
