import { InputNumber, Select, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import type { Disposition } from '@/shared/api/queues'
import { Field } from '@/shared/ui/Field'
import { ThingDialog } from '@/shared/ui/ThingDialog'

interface Props {
  thing: Disposition | null
  /** Of a new one: what it is to stand below. */
  below: Disposition | null
  all: readonly Disposition[]
  queues: readonly Queue[]
  onClose: () => void
}

export function DispositionDialog({ thing, below, all, queues, onClose }: Props) {
  const { t, i18n } = useTranslation()
  const last = Math.max(0, ...all.filter(({ parent_id }) => parent_id === (below?.id ?? null)).map(({ position }) => position))
  const [parent, setParent] = useState(thing?.parent_id ?? below?.id ?? '')
  const [position, setPosition] = useState(thing?.position ?? last + 10)
  const [note, setNote] = useState(thing?.needs_note ?? false)
  const [active, setActive] = useState(thing?.active ?? true)
  const [chosen, setChosen] = useState<string[]>(thing?.queue_ids ?? [])
  const nameOf = (one: { name: string; name_en: string }) => (i18n.language === 'en' && one.name_en) || one.name
  const parents = all.filter(({ id, parent_id }) => !parent_id && id !== thing?.id)
  const holds = all.some(({ parent_id }) => thing !== null && parent_id === thing.id)
  return (
    <ThingDialog
      title={thing ? nameOf(thing) : below ? t('dispositions.of', { name: nameOf(below) }) : t('dispositions.add')}
      thing={thing}
      english
      fixedCode
      renew={['/dispositions']}
      testId="disposition"
      onClose={onClose}
      save={({ code, ...named }) => {
        const body = { ...named, parent_id: parent || null, position, needs_note: note, active, queue_ids: chosen }
        return thing ? api.patch(`/dispositions/${thing.id}`, body) : api.post('/dispositions', { code, ...body })
      }}
      remove={thing && !holds ? () => api.delete(`/dispositions/${thing.id}`) : undefined}
    >
      {!holds && (
        <Field id="disposition-parent" label={t('dispositions.parent')}>
          <Select id="disposition-parent" value={parent} options={[{ value: '', label: t('dispositions.top') }, ...parents.map((one) => ({ value: one.id, label: nameOf(one) }))]} onChange={setParent} />
        </Field>
      )}
      <Field id="disposition-queues" label={t('dispositions.queues')}>
        <Select id="disposition-queues" mode="multiple" value={chosen} placeholder={t('dispositions.everywhere')} showSearch={{ optionFilterProp: 'label' }} options={queues.map((queue) => ({ value: queue.id, label: nameOf(queue) }))} onChange={setChosen} />
      </Field>
      <Field id="disposition-position" label={t('dispositions.position')}>
        <InputNumber id="disposition-position" value={position} min={0} max={9999} precision={0} onChange={(next) => setPosition(Number(next ?? 0))} />
      </Field>
      <Field label={t('dispositions.note')}>
        <Switch checked={note} aria-label={t('dispositions.note')} onChange={setNote} />
      </Field>
      {thing && (
        <Field label={t('dispositions.active')} hint={t('dispositions.removeHint')}>
          <Switch checked={active} aria-label={t('dispositions.active')} onChange={setActive} />
        </Field>
      )}
    </ThingDialog>
  )
}
