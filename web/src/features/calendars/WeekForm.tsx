import { Button, Checkbox, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import type { Calendar, Span } from '@/shared/api/queues'
import { Confirm } from '@/shared/ui/Confirm'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Section } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { spansFit, weekdays } from './days'
import { useAction as useKeyAction } from '@/shared/keys/actions'
import { Spans } from './Spans'

type Draft = Pick<Calendar, 'name' | 'name_en' | 'timezone' | 'country'> & { weekly: Span[][]; holiday_spans: Span[] }

const draftOf = ({ name, name_en, timezone, country, weekly, holiday_spans }: Calendar): Draft => ({ name, name_en, timezone, country, weekly: weekly as Span[][], holiday_spans: holiday_spans as Span[] })
const zones = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : ['Asia/Shanghai', 'UTC']

/** Names, the hours of the week and what happens on public holidays; saved together. */
export function WeekForm({ calendar, writes, onGone }: { calendar: Calendar; writes: boolean; onGone: () => void }) {
  const { t } = useTranslation()
  const [touched, setTouched] = useState<Partial<Draft>>({})
  const [saved, setSaved] = useState(false)
  const { busy, problem, run } = useAction('/calendars')
  const before = draftOf(calendar)
  const value: Draft = { ...before, ...touched }
  const changes = Object.fromEntries(Object.entries(touched).filter(([field, one]) => JSON.stringify(one) !== JSON.stringify(before[field as keyof Draft])))
  const changed = Object.keys(changes).length > 0
  const wrong = !value.name.trim() || !value.weekly.every(spansFit) || !spansFit(value.holiday_spans)
  const set = (part: Partial<Draft>) => {
    setTouched({ ...touched, ...part })
    setSaved(false)
  }
  const save = async () => {
    if (!changed || wrong || busy) return
    const { ok } = await run(() => api.patch(`/calendars/${calendar.id}`, changes))
    if (ok) {
      setTouched({})
      setSaved(true)
    }
  }
  useKeyAction('submit', () => void save(), writes && changed)
  const remove = async () => {
    const { ok } = await run(() => api.delete(`/calendars/${calendar.id}`))
    if (!ok) return
    toast(t('admin.common.removed', { name: calendar.name }), 'ok')
    onGone()
  }
  return (
    <form
      className="form week-form"
      data-testid="calendar-week"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Field id="calendar-name" label={t('admin.common.name')} required error={value.name.trim() ? undefined : 'admin.common.nameMissing'}>
        <Input id="calendar-name" value={value.name} maxLength={100} disabled={!writes} onChange={({ target }) => set({ name: target.value })} />
      </Field>
      <Field id="calendar-name-en" label={t('admin.common.nameEn')}>
        <Input id="calendar-name-en" value={value.name_en} maxLength={100} disabled={!writes} onChange={({ target }) => set({ name_en: target.value })} />
      </Field>
      <Field id="calendar-zone" label={t('calendars.zone')}>
        <Select id="calendar-zone" value={value.timezone} disabled={!writes} showSearch options={[...new Set([value.timezone, ...zones])].map((zone) => ({ value: zone, label: zone }))} onChange={(timezone: string) => set({ timezone })} />
      </Field>
      <Section icon="clock" title={t('calendars.week')}>
        <div className="week">
          {weekdays.map((day) => {
            const name = t(`calendars.weekday.${day}`)
            return (
              <div key={day} className="week-day">
                <b>{name}</b>
                <Spans label={name} value={value.weekly[day] ?? []} disabled={!writes} rest={t('calendars.rest')} onChange={(spans) => set({ weekly: value.weekly.map((old, at) => (at === day ? spans : old)) })} />
              </div>
            )
          })}
        </div>
        {writes && (
          <button type="button" className="link week-copy" onClick={() => set({ weekly: value.weekly.map((old, at) => (at > 0 && at < 5 ? (value.weekly[0] ?? []) : old)) })}>
            {t('calendars.copyMonday')}
          </button>
        )}
      </Section>
      <Section icon="calendar" title={t('calendars.holidays')}>
        <Checkbox checked={value.country === 'CN'} disabled={!writes} data-testid="calendar-country" onChange={({ target }) => set({ country: target.checked ? 'CN' : '' })}>
          {t('calendars.keep')}
        </Checkbox>
        <p className="field-hint">{t('calendars.keepHint')}</p>
        {value.country === 'CN' && (
          <div className="week-day">
            <b>{t('calendars.holidayHours')}</b>
            <Spans label={t('calendars.holidayHours')} value={value.holiday_spans} disabled={!writes} rest={t('calendars.holidayClosed')} onChange={(holiday_spans) => set({ holiday_spans })} />
          </div>
        )}
      </Section>
      {problem !== null && <ErrorLine problem={problem} />}
      {writes && (
        <div className="form-end week-end">
          <Button type="primary" htmlType="submit" disabled={!changed || wrong} loading={busy} data-testid="calendar-save">
            {t('admin.common.save')}
          </Button>
          {saved && !changed && (
            <span className="saved" role="status">
              <Icon name="check" /> {t('admin.common.saved')}
            </span>
          )}
          <span className="foot-end">
            <Confirm title={t('admin.common.reallyRemove', { name: calendar.name })} hint={t('calendars.removeHint')} verb={t('admin.common.remove')} disabled={busy} testId="calendar-remove" onConfirm={() => void remove()} />
          </span>
        </div>
      )}
    </form>
  )
}
