import { Button, DatePicker } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { RecordingPlayer } from '@/features/interactions/RecordingPlayer'
import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import { phone } from '@/shared/format/phone'
import { serverNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { Chip, ErrorLine, Section } from '@/shared/ui/parts'
import { Sheet } from '@/shared/ui/Sheet'
import { toast } from '@/shared/ui/toasts'
import { looks, possible, type Callback } from './callbacks'

interface Props {
  callback: Callback
  onClose: () => void
  onInteraction: (id: string) => void
}

type Change = { state?: 'cancelled' | 'done' | 'waiting'; due_at?: string }

/** One callback: the message that was left, how it has gone, and what may be made of it. Cancelling can be taken back. */
export function CallbackSheet({ callback, onClose, onInteraction }: Props) {
  const { t, i18n } = useTranslation()
  const { busy, problem, run } = useAction('/callbacks')
  const [time, setTime] = useState<Dayjs | null>(null)
  const now = serverNow()
  const can = possible(callback)
  const who = callback.customer?.name ?? (phone(callback.number) || t('callbacks.hidden'))
  const change = (version: number, what: Change) => run(() => api.patch<Callback>(`/callbacks/${callback.id}`, { version, ...what }))
  const cancel = async () => {
    const done = await change(callback.version, { state: 'cancelled' })
    if (done.ok) toast(t('callbacks.cancelled', { who }), 'ok', { label: t('callbacks.undo'), act: () => void change(done.value.version, { state: 'waiting', due_at: callback.due_at }) })
  }
  const finish = async () => {
    if ((await change(callback.version, { state: 'done' })).ok) toast(t('callbacks.marked'), 'ok')
  }
  const putOff = async (at: Dayjs) => {
    if ((await change(callback.version, { due_at: at.toISOString() })).ok) {
      setTime(null)
      toast(t('callbacks.putOffTo', { at: dayTime(at.valueOf(), now, i18n.language) }), 'ok')
    }
  }
  return (
    <Sheet
      title={who}
      label={t('callbacks.detail')}
      testId="callback-sheet"
      onClose={onClose}
      marks={
        <Chip tone={looks[callback.state].tone} icon={looks[callback.state].icon}>
          {t(`callbacks.states.${callback.state}`)}
        </Chip>
      }
      foot={
        <>
          {can.cancel && (
            <Button danger disabled={busy} data-testid="callback-cancel" onClick={() => void cancel()}>
              {t('callbacks.cancel')}
            </Button>
          )}
          {can.again && (
            <Button disabled={busy} data-testid="callback-again" onClick={() => void change(callback.version, { state: 'waiting' })}>
              {t('callbacks.again')}
            </Button>
          )}
          {can.finish && (
            <Button disabled={busy} data-testid="callback-done" onClick={() => void finish()}>
              {t('callbacks.done')}
            </Button>
          )}
        </>
      }
    >
      {problem !== null && <ErrorLine problem={problem} />}
      {callback.recording && (
        <Section icon="message" title={t('callbacks.message')}>
          <div className="callback-player">
            <RecordingPlayer recording={{ id: callback.recording.id, duration_ms: callback.recording.duration_ms ?? 0 }} />
          </div>
        </Section>
      )}
      <dl className="pairs">
        <dt>{t('callbacks.number')}</dt>
        <dd>{phone(callback.number) || <span className="muted">{t('callbacks.heardOnly')}</span>}</dd>
        <dt>{t('callbacks.queue')}</dt>
        <dd>{callback.queue?.name}</dd>
        <dt>{t('callbacks.due')}</dt>
        <dd>{dayTime(callback.due_at, now, i18n.language)}</dd>
        <dt>{t('callbacks.asked')}</dt>
        <dd>{dayTime(callback.since, now, i18n.language)}</dd>
        <dt>{t('callbacks.attempts')}</dt>
        <dd>
          {t('callbacks.times', { count: callback.attempts, most: callback.max_attempts })}
          {callback.last_result && <span className="muted"> · {t(`callbacks.result.${callback.last_result}`)}</span>}
        </dd>
        {callback.agent && (
          <>
            <dt>{t('callbacks.agent')}</dt>
            <dd>
              {callback.agent.name} {callback.agent.number}
            </dd>
          </>
        )}
        {callback.note && (
          <>
            <dt>{t('callbacks.note')}</dt>
            <dd className="callback-note">{callback.note}</dd>
          </>
        )}
        <Link label={t('callbacks.from')} id={callback.interaction_id} onOpen={onInteraction} />
        <Link label={t('callbacks.call')} id={callback.last_interaction_id} onOpen={onInteraction} />
      </dl>
      {can.putOff && (
        <Section icon="calendar" title={t('callbacks.putOff')}>
          <div className="callback-time">
            <DatePicker
              value={time}
              showTime={{ format: 'HH:mm', minuteStep: 5 }}
              format="YYYY-MM-DD HH:mm"
              aria-label={t('callbacks.newTime')}
              placeholder={t('callbacks.newTime')}
              disabledDate={(date) => date.isBefore(dayjs(now), 'day')}
              onChange={(value) => setTime(value)}
            />
            <Button disabled={time === null || time.valueOf() <= now} loading={busy} icon={<Icon name="clock" />} data-testid="callback-put-off" onClick={() => time && void putOff(time)}>
              {t('callbacks.putOff')}
            </Button>
          </div>
        </Section>
      )}
    </Sheet>
  )
}

function Link({ label, id, onOpen }: { label: string; id: string | null; onOpen: (id: string) => void }) {
  const { t } = useTranslation()
  if (!id) return null
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <button type="button" className="link" onClick={() => onOpen(id)}>
          {t('callbacks.open')}
        </button>
      </dd>
    </>
  )
}
