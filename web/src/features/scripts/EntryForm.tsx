import { Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { ScriptEntry } from '@/shared/api/knowledge'
import { useReference } from './reference'

export const classes = ['normal', 'silver', 'gold', 'vip'] as const
const matches = ['one', 'several', 'new', 'withheld', 'chosen'] as const

/** When the script suggests itself; what is left empty does not matter. */
export function EntryForm({ entry, onChange }: { entry: ScriptEntry; onChange: (entry: ScriptEntry) => void }) {
  const { t } = useTranslation()
  const { queues, dispositions } = useReference()
  const many = <K extends 'queues' | 'dispositions' | 'classes' | 'matches'>(name: K, choices: ReadonlyArray<{ value: string; label: string }>) => (
    <div className="script-when">
      <label htmlFor={`entry-${name}`}>{t(`scripts.entry.${name}`)}</label>
      <Select id={`entry-${name}`} mode="multiple" value={entry[name] as string[]} placeholder={t('scripts.entry.any')} options={[...choices]} showSearch={{ optionFilterProp: 'label' }} onChange={(chosen: string[]) => onChange({ ...entry, [name]: chosen })} />
    </div>
  )
  return (
    <fieldset className="script-entry">
      <legend>{t('scripts.entry.title')}</legend>
      {many('dispositions', dispositions)}
      {many('queues', queues)}
      {many('classes', classes.map((one) => ({ value: one, label: t(`scripts.class.${one}`) })))}
      {many('matches', matches.map((one) => ({ value: one, label: t(`scripts.match.${one}`) })))}
      <div className="script-when">
        <label htmlFor="entry-keys">{t('scripts.entry.keys')}</label>
        <Input id="entry-keys" value={entry.keys} maxLength={40} placeholder="2>1" onChange={(event) => onChange({ ...entry, keys: event.target.value.replaceAll(/[^0-9*#> ]/g, '') })} />
      </div>
    </fieldset>
  )
}
