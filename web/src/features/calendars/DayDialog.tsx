import { Button, Input, Modal, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import type { Calendar, CalendarDay, Span, SpecialDay } from '@/shared/api/queues'
import { Field } from '@/shared/ui/Field'
import { ErrorLine } from '@/shared/ui/parts'
import { nextSpan, spansFit, weekdays } from './days'
import { Spans } from './Spans'

const kinds = ['closed', 'hours', 'weekday'] as const

interface Props {
  calendar: Calendar
  day: CalendarDay | undefined
  title: string
  writes: boolean
  onClose: () => void
}

/** One day made different: closed, with hours of its own, or like another day of the week; or like any other again. */
export function DayDialog({ calendar, day, title, writes, onClose }: Props) {
  const { t } = useTranslation()
  const special = day?.special ?? null
  const [kind, setKind] = useState<SpecialDay['kind']>(special?.kind ?? 'closed')
  const [name, setName] = useState(special?.name ?? '')
  const [nameEn, setNameEn] = useState(special?.name_en ?? '')
  const [spans, setSpans] = useState<Span[]>(((special?.kind === 'hours' ? special.spans : day?.spans) ?? []) as Span[])
  const [weekday, setWeekday] = useState(special?.weekday ?? 0)
  const [tried, setTried] = useState(false)
  const { busy, problem, run } = useAction('/calendars')
  const hoursMissing = kind === 'hours' && spans.length === 0
  const done = async (request: () => Promise<unknown>) => {
    const { ok } = await run(request)
    if (ok) onClose()
  }
  if (!day) return null
  const path = `/calendars/${calendar.id}/days/${day.date}`
  const save = () => {
    setTried(true)
    if (hoursMissing || (kind === 'hours' && !spansFit(spans)) || busy) return
    void done(() => api.put(path, { kind, name: name.trim(), name_en: nameEn.trim(), spans: kind === 'hours' ? spans : [], weekday: kind === 'weekday' ? weekday : null }))
  }
  return (
    <Modal
      open
      title={title}
      width={500}
      onCancel={onClose}
      footer={
        writes ? (
          <div className="dialog-foot">
            {special && (
              <Button loading={busy} data-testid="day-ordinary" onClick={() => void done(() => api.delete(path))}>
                {t('calendars.ordinary')}
              </Button>
            )}
            <span className="foot-end">
              <Button onClick={onClose}>{t('admin.common.cancel')}</Button>
              <Button type="primary" loading={busy} data-testid="day-save" onClick={save}>
                {t('admin.common.save')}
              </Button>
            </span>
          </div>
        ) : null
      }
    >
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <Field label={t('calendars.thisDay')}>
          <Segmented value={kind} disabled={!writes} aria-label={t('calendars.thisDay')} options={kinds.map((one) => ({ value: one, label: t(`calendars.kind.${one}`) }))} onChange={(one) => { setKind(one); if (one === 'hours' && spans.length === 0) setSpans([nextSpan([])]) }} />
        </Field>
        {kind === 'hours' && (
          <Field label={t('calendars.open')} error={tried && hoursMissing ? 'calendars.hoursMissing' : undefined}>
            <Spans label={day.date} value={spans} disabled={!writes} rest={t('calendars.rest')} onChange={setSpans} />
          </Field>
        )}
        {kind === 'weekday' && (
          <Field id="day-like" label={t('calendars.like')}>
            <Select id="day-like" value={weekday} disabled={!writes} options={weekdays.map((one) => ({ value: one, label: t(`calendars.weekday.${one}`) }))} onChange={setWeekday} />
          </Field>
        )}
        <Field id="day-name" label={t('calendars.name')}>
          <Input id="day-name" value={name} maxLength={100} disabled={!writes} onChange={({ target }) => setName(target.value)} />
        </Field>
        <Field id="day-name-en" label={t('admin.common.nameEn')}>
          <Input id="day-name-en" value={nameEn} maxLength={100} disabled={!writes} onChange={({ target }) => setNameEn(target.value)} />
        </Field>
        {problem !== null && <ErrorLine problem={problem} />}
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
