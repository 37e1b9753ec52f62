import { useTranslation } from 'react-i18next'

import type { Values } from '@/shared/drafts/model'
import { Icon } from '@/shared/ui/Icon'
import { titleOf, type NamedField } from './form/schema'
import type { Wrong, Wrongs } from './form/check'
import { Control } from './Control'

interface Props {
  id: string
  fields: readonly NamedField[]
  values: Values
  wrongs: Wrongs
  /** Fields a colleague wrote last, with their name. */
  others: Readonly<Record<string, string>>
  onChange: (name: string, value: unknown) => void
  onLeave: (name: string) => void
}

/** A form's fields in their order: name, control, and beside it what is wrong and what would be right. */
export function BusinessFields({ id, fields, values, wrongs, others, onChange, onLeave }: Props) {
  const { i18n } = useTranslation()
  return fields.map(({ name, field, required }) => {
    const at = `${id}-${name}`
    const title = titleOf(field, i18n.language)
    const many = field['x-field'] === 'choice' || field['x-field'] === 'choices'
    const wrong = wrongs[name]
    return (
      <div key={name} className="field" data-field={name}>
        {many ? (
          <span className="field-name" id={`${at}-name`}>
            {title}
            {required && ' *'}
          </span>
        ) : (
          <label htmlFor={at}>
            {title}
            {required && ' *'}
          </label>
        )}
        <div className="field-body">
          <Control id={at} name={name} field={field} value={values[name]} required={required} wrong={wrong !== undefined} onChange={(value) => onChange(name, value)} onLeave={() => onLeave(name)} />
          {wrong && <WrongLine id={at} title={title} wrong={wrong} onRepair={(value) => onChange(name, value)} />}
          {others[name] && !wrong && (
            <p className="field-other">
              <Icon name="person" size={14} /> {others[name]}
            </p>
          )}
        </div>
      </div>
    )
  })
}

function WrongLine({ id, title, wrong, onRepair }: { id: string; title: string; wrong: Wrong; onRepair: (value: unknown) => void }) {
  const { t } = useTranslation()
  const { repair } = wrong
  const words = t(`business.wrong.${wrong.rule}`, { title, value: wrong.with, defaultValue: t('business.wrong.other') })
  return (
    <p className="error-line" role="alert" id={`${id}-wrong`}>
      <Icon name="octagon" size={14} />
      <span>{words}</span>
      {repair !== undefined && (
        <button type="button" className="link" data-testid="business-repair" onClick={() => onRepair(repair)}>
          {t('business.repair', { value: String(repair) })}
        </button>
      )}
    </p>
  )
}
