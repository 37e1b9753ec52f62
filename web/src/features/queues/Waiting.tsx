import { Checkbox, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Treatment } from '@/shared/api/queues'
import { Field } from '@/shared/ui/Field'
import { Whole, type Part } from './parts'
import { usePrompts } from './usePrompts'

/** What those who wait hear, and when they are offered something else than waiting. */
export function Waiting({ value, set, writes }: Part) {
  const { t } = useTranslation()
  const { music, sentences } = usePrompts()
  const treatment = value.treatment
  const put = (part: Partial<Treatment>) => set({ treatment: { ...treatment, ...part } })
  const sentence = (field: 'notice' | 'greeting', label: string) => (
    <Field id={`queue-${field}`} label={label}>
      <Select id={`queue-${field}`} value={treatment[field] ?? ''} disabled={!writes} showSearch={{ optionFilterProp: 'label' }} options={[{ value: '', label: t('queueSet.none') }, ...sentences]} onChange={(name: string) => put({ [field]: name })} />
    </Field>
  )
  return (
    <div className="form">
      {sentence('notice', t('queueSet.notice'))}
      {sentence('greeting', t('queueSet.greeting'))}
      <Field id="queue-music" label={t('queueSet.music')}>
        <Select id="queue-music" value={treatment.music} disabled={!writes} options={music.map((one) => ({ ...one, label: t(`queueSet.tune.${one.value}`, { defaultValue: one.value }) }))} onChange={(name: string) => put({ music: name })} />
      </Field>
      <Whole id="queue-first" label={t('queueSet.first')} value={treatment.first_announce ?? 0} high={600} disabled={!writes} onChange={(first_announce) => put({ first_announce })} />
      <Whole id="queue-every" label={t('queueSet.every')} hint={t('queueSet.everyHint')} value={treatment.announce_every ?? 0} high={600} disabled={!writes} onChange={(announce_every) => put({ announce_every })} />
      <Field label={t('queueSet.says')}>
        <Checkbox checked={treatment.position} disabled={!writes} onChange={({ target }) => put({ position: target.checked })}>
          {t('queueSet.position_')}
        </Checkbox>
        <Checkbox checked={treatment.estimate} disabled={!writes} onChange={({ target }) => put({ estimate: target.checked })}>
          {t('queueSet.estimate')}
        </Checkbox>
      </Field>
      <Field id="queue-comfort" label={t('queueSet.comfort')} hint={t('queueSet.comfortHint')}>
        <Select id="queue-comfort" mode="multiple" maxCount={6} value={treatment.comfort ?? []} disabled={!writes} placeholder={t('queueSet.none')} showSearch={{ optionFilterProp: 'label' }} options={sentences} onChange={(comfort: string[]) => put({ comfort })} />
      </Field>
      <Whole id="queue-callback" label={t('queueSet.callback')} hint={t('queueSet.callbackHint')} value={treatment.callback_after ?? 0} high={3600} disabled={!writes} onChange={(callback_after) => put({ callback_after })} />
      <Whole id="queue-voicemail" label={t('queueSet.voicemail')} hint={t('queueSet.voicemailHint')} value={treatment.voicemail_after ?? 0} high={3600} disabled={!writes} onChange={(voicemail_after) => put({ voicemail_after })} />
      <Field label={t('queueSet.connect')}>
        <Checkbox checked={treatment.agent_number} disabled={!writes} onChange={({ target }) => put({ agent_number: target.checked })}>
          {t('queueSet.agentNumber')}
        </Checkbox>
      </Field>
    </div>
  )
}
