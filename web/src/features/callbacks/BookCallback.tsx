import { Checkbox, DatePicker, Input, Modal, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import { api, apiOf } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import type { InteractionDocument } from '@/shared/api/types'
import { customerNumber, dialable } from '@/shared/format/phone'
import { useKeysOf } from '@/shared/keys/actions'
import { combination } from '@/shared/keys/keys'
import { serverNow } from '@/shared/time/clock'
import { Field } from '@/shared/ui/Field'
import { useMay } from '@/shared/ui/may'
import { ErrorLine } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'

interface Props {
  queues: readonly Queue[]
  /** Code of the queue that is proposed. */
  first: string
  /** The contact it comes from: whose customer is to be called. */
  about?: InteractionDocument
  onClose: () => void
}

/** A call we shall owe from now on: at once, or at a time agreed upon. */
export function BookCallback({ queues, first, about, onClose }: Props) {
  const { t } = useTranslation()
  const submit = useKeysOf()('submit')
  const works = useMay()('agent.work')
  const { busy, problem, run } = useAction('/callbacks')
  const [number, setNumber] = useState(about ? customerNumber(about) : '')
  const [queue, setQueue] = useState<string | undefined>((queues.find(({ code }) => code === first) ?? queues[0])?.code)
  const [time, setTime] = useState<Dayjs | null>(null)
  const [note, setNote] = useState('')
  const [mine, setMine] = useState(about !== undefined)
  const [tried, setTried] = useState(false)
  const digits = dialable(number)
  const wrongNumber = digits.replace('+', '').length < 3
  const past = time !== null && time.valueOf() <= serverNow()
  const save = async () => {
    setTried(true)
    if (wrongNumber || past || !queue || busy) return
    const { ok } = await run(() =>
      (about ? apiOf(about) : api).post('/callbacks', { number: digits, queue, due_at: time?.toISOString(), note: note.trim(), mine: works && mine, customer_id: about?.customer?.id, interaction_id: about?.id }),
    )
    if (!ok) return
    toast(t('callbacks.made'), 'ok')
    onClose()
  }
  return (
    <Modal open wrapProps={{ 'data-own-keys': submit }} title={t('callbacks.book')} width={460} onCancel={onClose} okText={t('callbacks.book')} cancelText={t('admin.common.cancel')} confirmLoading={busy} onOk={() => void save()}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the key of every form */}
      <form
        className="form"
        onKeyDown={(event) => {
          if (combination(event.nativeEvent) !== submit) return
          event.preventDefault()
          event.stopPropagation()
          if (!event.repeat) void save()
        }}
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Field id="callback-number" label={t('callbacks.number')} required error={tried && wrongNumber ? 'callbacks.numberWrong' : undefined} hint={t('callbacks.cannotDial')}>
          <Input id="callback-number" autoFocus value={number} maxLength={40} inputMode="tel" autoComplete="off" status={tried && wrongNumber ? 'error' : undefined} data-testid="callback-number" onChange={({ target }) => setNumber(target.value)} />
        </Field>
        <Field id="callback-queue" label={t('callbacks.queue')} required>
          <Select id="callback-queue" value={queue} options={queues.map(({ code, name }) => ({ value: code, label: name }))} onChange={setQueue} />
        </Field>
        <Field id="callback-when" label={t('callbacks.when')} error={tried && past ? 'callbacks.inPast' : undefined}>
          <DatePicker id="callback-when" value={time} showTime={{ format: 'HH:mm', minuteStep: 5 }} format="YYYY-MM-DD HH:mm" placeholder={t('callbacks.asSoon')} disabledDate={(date) => date.isBefore(dayjs(serverNow()), 'day')} onChange={(value) => setTime(value)} />
        </Field>
        <Field id="callback-note" label={t('callbacks.note')}>
          <Input id="callback-note" value={note} maxLength={2000} onChange={({ target }) => setNote(target.value)} />
        </Field>
        {works && (
          <Checkbox checked={mine} onChange={({ target }) => setMine(target.checked)}>
            {t('callbacks.mine')}
          </Checkbox>
        )}
        {problem !== null && <ErrorLine problem={problem} />}
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
