import { Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { useAll } from '@/shared/api/lists'
import type { Calendar } from '@/shared/api/queues'
import { Field } from '@/shared/ui/Field'
import { Chip } from '@/shared/ui/parts'
import { lookOf } from '../calendars/days'
import { Whole, type Part } from './parts'

/** What it is called, how urgent it is, and when it is open. */
export function Basics({ value, set, writes }: Part) {
  const { t, i18n } = useTranslation()
  const calendars = useAll<Calendar>('/calendars').rows
  const calendar = calendars.find(({ id }) => id === value.calendar_id)
  const nameOf = (one: Calendar) => (i18n.language === 'en' && one.name_en) || one.name
  return (
    <div className="form">
      <Field id="queue-name" label={t('admin.common.name')} required error={value.name.trim() ? undefined : 'admin.common.nameMissing'}>
        <Input id="queue-name" value={value.name} maxLength={100} disabled={!writes} onChange={(event) => set({ name: event.target.value })} />
      </Field>
      <Field id="queue-name-en" label={t('admin.common.nameEn')}>
        <Input id="queue-name-en" value={value.name_en} maxLength={100} disabled={!writes} onChange={(event) => set({ name_en: event.target.value })} />
      </Field>
      <Whole id="queue-priority" label={t('admin.queues.priority')} hint={t('admin.queues.priorityHint')} value={value.priority} low={-60} high={60} unit=" " disabled={!writes} onChange={(priority) => set({ priority })} />
      <Field id="queue-calendar" label={t('queueSet.calendar')}>
        <Select
          id="queue-calendar"
          value={value.calendar_id ?? ''}
          disabled={!writes}
          options={[{ value: '', label: t('queueSet.always') }, ...calendars.map((one) => ({ value: one.id, label: nameOf(one) }))]}
          onChange={(id: string) => set({ calendar_id: id || null })}
        />
        {calendar && (
          <p className="queue-calendar-now">
            <Chip {...lookOf(calendar.now.state)}>{t(`queueSet.calendarNow.${calendar.now.state}`)}</Chip>
          </p>
        )}
      </Field>
    </div>
  )
}

/** How long the wrap-up may take, and what the queue is measured against. */
export function After({ value, set, writes }: Part) {
  const { t } = useTranslation()
  return (
    <div className="form">
      <Whole id="queue-wrapup_seconds" label={t('queueSet.wrapup')} value={value.wrapup_seconds} high={3600} disabled={!writes} onChange={(wrapup_seconds) => set({ wrapup_seconds })} />
      <Whole id="queue-extend" label={t('queueSet.extend')} value={value.extend_seconds} high={3600} disabled={!writes} onChange={(extend_seconds) => set({ extend_seconds })} />
      <Whole id="queue-target" label={t('queueSet.within')} value={value.target_seconds} low={1} high={3600} disabled={!writes} onChange={(target_seconds) => set({ target_seconds })} />
      <Whole id="queue-share" label={t('queueSet.share')} hint={t('queueSet.targetHint')} value={Math.round(value.target_share * 100)} high={100} unit="%" disabled={!writes} onChange={(share) => set({ target_share: share / 100 })} />
    </div>
  )
}
