import { Checkbox, DatePicker, Input, Modal, Radio, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import type { HandoverGroup } from '@/shared/api/colleagues'
import { useAction, useAll } from '@/shared/api/lists'
import { serverNow } from '@/shared/time/clock'
import { Field } from '@/shared/ui/Field'
import { ErrorLine } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'

const publish_button: Record<`data-${string}`, string> = { 'data-testid': 'bulletin-publish' }

const audiences = ['all', 'groups', 'queues'] as const

/** Written once, told to many: what, to whom, from when until when. */
export function PublishDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { busy, problem, run } = useAction('/bulletins')
  const queues = useAll<Queue>('/queues').rows
  const groups = useAll<HandoverGroup>('/handovers/groups').rows
  const [title, setTitle] = useState('')
  const [text, setText] = useState('')
  const [important, setImportant] = useState(false)
  const [confirm, setConfirm] = useState(false)
  const [audience, setAudience] = useState<(typeof audiences)[number]>('all')
  const [targets, setTargets] = useState<string[]>([])
  const [from, setFrom] = useState<Dayjs | null>(null)
  const [until, setUntil] = useState<Dayjs | null>(null)
  const [tried, setTried] = useState(false)
  const lacking = audience !== 'all' && targets.length === 0
  const wrongSpan = until !== null && until.valueOf() <= Math.max(from?.valueOf() ?? 0, serverNow())
  const offered = audience === 'queues' ? queues : groups
  const save = async () => {
    setTried(true)
    if (!title.trim() || lacking || wrongSpan || busy) return
    const body = { title: title.trim(), text: text.trim(), importance: important ? 'important' : 'normal', must_confirm: confirm, audience, target_ids: audience === 'all' ? [] : targets, valid_from: from?.toISOString() ?? null, valid_until: until?.toISOString() ?? null }
    const { ok } = await run(() => api.post('/bulletins', body))
    if (!ok) return
    toast(t('bulletin.published'), 'ok')
    onClose()
  }
  const past = (date: Dayjs) => date.isBefore(dayjs(serverNow()), 'day')
  const time = { format: 'HH:mm', minuteStep: 5 } as const
  return (
    <Modal open title={t('bulletin.write')} width={560} onCancel={onClose} okText={t('bulletin.publish')} cancelText={t('admin.common.cancel')} confirmLoading={busy} okButtonProps={publish_button} onOk={() => void save()}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Field id="bulletin-title" label={t('bulletin.subject')} required error={tried && !title.trim() ? 'bulletin.subjectMissing' : undefined}>
          <Input id="bulletin-title" autoFocus value={title} maxLength={100} data-testid="bulletin-title" onChange={({ target }) => setTitle(target.value)} />
        </Field>
        <Field id="bulletin-text" label={t('bulletin.text')}>
          <Input.TextArea id="bulletin-text" value={text} rows={4} maxLength={4000} data-testid="bulletin-text" onChange={({ target }) => setText(target.value)} />
        </Field>
        <Field label={t('bulletin.to')} error={tried && lacking ? 'bulletin.targetMissing' : undefined}>
          <Radio.Group
            value={audience}
            options={audiences.map((value) => ({ value, label: t(`bulletin.for.${value}`) }))}
            onChange={({ target }) => {
              setAudience(target.value)
              setTargets([])
            }}
          />
          {audience !== 'all' && <Select mode="multiple" value={targets} aria-label={t(`bulletin.for.${audience}`)} options={offered.map(({ id, name }) => ({ value: id, label: name }))} optionFilterProp="label" style={{ width: '100%' }} onChange={setTargets} />}
        </Field>
        <Field id="bulletin-from" label={t('bulletin.from')}>
          <DatePicker id="bulletin-from" value={from} showTime={time} format="YYYY-MM-DD HH:mm" placeholder={t('bulletin.atOnce')} disabledDate={past} onChange={(value) => setFrom(value)} />
        </Field>
        <Field id="bulletin-until" label={t('bulletin.until')} error={tried && wrongSpan ? 'problem.bulletin_span' : undefined}>
          <DatePicker id="bulletin-until" value={until} showTime={time} format="YYYY-MM-DD HH:mm" placeholder={t('bulletin.open_end')} disabledDate={past} onChange={(value) => setUntil(value)} />
        </Field>
        <Checkbox checked={important} onChange={({ target }) => setImportant(target.checked)}>
          {t('bulletin.isImportant')}
        </Checkbox>
        <Checkbox checked={confirm} onChange={({ target }) => setConfirm(target.checked)}>
          {t('bulletin.mustConfirm')}
        </Checkbox>
        {problem !== null && <ErrorLine problem={problem} />}
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
