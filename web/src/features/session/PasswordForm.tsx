import { Button, Input, type InputRef } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/shared/api/client'
import { ErrorLine } from '@/shared/ui/parts'
import { changePassword } from './session'

export const shortest_password = 10

type Field = 'old' | 'next' | 'again'
const fields: Field[] = ['old', 'next', 'again']

/** Why the centre calls it weak, where it says so. */
function weakness(problem: unknown, t: (key: string, options?: Record<string, unknown>) => string): string {
  const reason = problem instanceof Problem ? problem.document.reason : undefined
  return t(`session.weak.${String(reason)}`, { defaultValue: t('problem.weak_password'), count: shortest_password })
}

/** The old password once, the new one twice. */
export function PasswordForm({ username, size = 'middle', onDone }: { username: string; size?: 'large' | 'middle'; onDone?: () => void }) {
  const { t } = useTranslation()
  const [values, setValues] = useState<Record<Field, string>>({ old: '', next: '', again: '' })
  const [shown, setShown] = useState<ReadonlySet<Field>>(new Set())
  const [refused, setRefused] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const boxes = useRef<Partial<Record<Field, InputRef | null>>>({})

  const wrong: Record<Field, string | null> = {
    old: values.old ? null : t('session.oldMissing'),
    next:
      values.next.length < shortest_password
        ? t('session.tooShort', { count: shortest_password })
        : values.next === values.old
          ? t('session.sameAsOld')
          : null,
    again: values.again === values.next ? null : t('session.notTheSame'),
  }
  const code = refused instanceof Problem ? refused.code : null
  const beside: Field | null = code === 'weak_password' ? 'next' : code === 'wrong_credentials' || code === 'wrong_password' ? 'old' : null

  const submit = async () => {
    const first = fields.find((field) => wrong[field])
    setShown(new Set(fields))
    if (first) {
      boxes.current[first]?.focus()
      return
    }
    setBusy(true)
    setRefused(null)
    try {
      await changePassword(values.old, values.next)
      setValues({ old: '', next: '', again: '' })
      setShown(new Set())
      onDone?.()
    } catch (error) {
      setRefused(error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      className="password-form"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <input type="text" autoComplete="username" value={username} readOnly hidden />
      {fields.map((field) => (
        <div key={field} className="password-field">
          <label htmlFor={`password-${field}`}>{t(`session.field.${field}`)}</label>
          <Input
            id={`password-${field}`}
            ref={(box) => {
              boxes.current[field] = box
            }}
            size={size}
            type="password"
            autoComplete={field === 'old' ? 'current-password' : 'new-password'}
            value={values[field]}
            status={(shown.has(field) && wrong[field]) || beside === field ? 'error' : undefined}
            aria-describedby={`password-${field}-note`}
            data-testid={`password-${field}`}
            onChange={(event) => {
              setValues({ ...values, [field]: event.target.value })
              if (beside === field) setRefused(null)
            }}
            onBlur={() => values[field] && setShown(new Set([...shown, field]))}
          />
          <div id={`password-${field}-note`} className="password-note">
            {shown.has(field) && wrong[field] ? (
              <ErrorLine>{wrong[field]}</ErrorLine>
            ) : beside === field ? (
              <ErrorLine problem={refused}>{field === 'old' ? t('session.oldWrong') : weakness(refused, t)}</ErrorLine>
            ) : (
              field === 'next' && <span className="muted">{t('session.passwordHint', { count: shortest_password })}</span>
            )}
          </div>
        </div>
      ))}
      {refused !== null && !beside && <ErrorLine problem={refused} />}
      <Button type="primary" size={size} htmlType="submit" block={size === 'large'} loading={busy} data-testid="password-submit">
        {t('session.changePassword')}
      </Button>
    </form>
  )
}
