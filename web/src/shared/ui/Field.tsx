import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { ErrorLine } from './parts'

interface Props {
  id?: string
  label: string
  required?: boolean
  /** Key of the text that says what is wrong. */
  error?: string
  hint?: ReactNode
  children: ReactNode
}

/** One line of a form: its name, its control, and beside it what is wrong. */
export function Field({ id, label, required, error, hint, children }: Props) {
  const { t } = useTranslation()
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {required && ' *'}
      </label>
      <div className="field-body">
        {children}
        {error && <ErrorLine>{t(error)}</ErrorLine>}
        {hint && !error && <p className="field-hint">{hint}</p>}
      </div>
    </div>
  )
}
