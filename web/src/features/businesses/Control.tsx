import { useTranslation } from 'react-i18next'

import { labelOf, type FieldSchema } from './form/schema'

interface Props {
  id: string
  name: string
  field: FieldSchema
  value: unknown
  required: boolean
  wrong: boolean
  onChange: (value: unknown) => void
  onLeave: () => void
}

/** More choices than this are a list to open. */
const most_beside = 6

/** The control of one field. Plain elements: ten forms are open at once, and each shows at once. */
export function Control(props: Props) {
  const { id, field, value, required, wrong, onChange, onLeave } = props
  const common = {
    id,
    'aria-required': required,
    'aria-invalid': wrong,
    'aria-describedby': wrong ? `${id}-wrong` : undefined,
    onBlur: onLeave,
  }
  const text = value === undefined || value === null ? '' : String(value)
  const typed = (event: { target: { value: string } }) => onChange(event.target.value)
  switch (field['x-field']) {
    case 'textarea':
      return <textarea className="bf-input" rows={3} maxLength={field.maxLength} value={text} onChange={typed} {...common} />
    case 'number':
    case 'money':
      return <Amount {...props} common={common} text={text} />
    case 'date':
      return <input className="bf-input bf-short" type="date" value={text} onChange={typed} {...common} />
    case 'phone':
      return <input className="bf-input bf-short" inputMode="tel" value={text} onChange={typed} {...common} />
    case 'checkbox':
      return (
        <label className="bf-tick">
          <input type="checkbox" checked={value === true} onChange={(event) => onChange(event.target.checked)} {...common} />
        </label>
      )
    case 'choice':
      return (field.enum?.length ?? 0) > most_beside ? <List {...props} common={common} text={text} /> : <Choices {...props} kind="radio" codes={field.enum ?? []} chosen={text ? [text] : []} />
    case 'choices':
      return <Choices {...props} kind="checkbox" codes={field.items?.enum ?? []} chosen={Array.isArray(value) ? (value as string[]) : []} />
    default:
      return <input className="bf-input" maxLength={field.maxLength} value={text} onChange={typed} {...common} />
  }
}

type Common = Record<string, unknown>

function Amount({ field, onChange, common, text }: Props & { common: Common; text: string }) {
  // What is no number yet stays as it was typed: a draft keeps it, and leaving the field says so.
  const take = (typed: string) => onChange(/^-?\d+(?:\.\d+)?$/.test(typed) && !/\.\d*0$/.test(typed) ? Number(typed) : typed)
  return (
    <span className="bf-amount">
      {field['x-field'] === 'money' && <span aria-hidden="true">¥</span>}
      <input className="bf-input" inputMode="decimal" value={text} onChange={(event) => take(event.target.value)} {...common} />
    </span>
  )
}

function List({ field, onChange, common, text }: Props & { common: Common; text: string }) {
  const { t, i18n } = useTranslation()
  return (
    <select className="bf-input bf-short" value={text} onChange={(event) => onChange(event.target.value)} {...common}>
      <option value="">{t('business.choose')}</option>
      {field.enum?.map((code) => (
        <option key={code} value={code}>
          {labelOf(field, code, i18n.language)}
        </option>
      ))}
    </select>
  )
}

function Choices({ id, field, wrong, kind, codes, chosen, onChange, onLeave }: Props & { kind: 'radio' | 'checkbox'; codes: readonly string[]; chosen: readonly string[] }) {
  const { i18n } = useTranslation()
  const take = (code: string, on: boolean) => {
    if (kind === 'radio') onChange(code)
    // In the order of the form, however they were ticked.
    else onChange(codes.filter((one) => (one === code ? on : chosen.includes(one))))
  }
  return (
    <div
      className="bf-choices"
      role={kind === 'radio' ? 'radiogroup' : 'group'}
      id={id}
      aria-labelledby={`${id}-name`}
      aria-describedby={wrong ? `${id}-wrong` : undefined}
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || onLeave()}
    >
      {codes.map((code) => (
        <label key={code} className="bf-choice">
          <input type={kind} name={id} value={code} checked={chosen.includes(code)} onChange={(event) => take(code, event.target.checked)} />
          <span>{labelOf(field, code, i18n.language)}</span>
        </label>
      ))}
    </div>
  )
}
