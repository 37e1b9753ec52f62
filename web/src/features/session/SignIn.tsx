import { Button, Input, type InputRef } from 'antd'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/shared/api/client'
import type { Person } from '@/shared/api/identity'
import { LanguageSwitch, ThemeSwitch } from '@/shared/prefs/Switches'
import { Logo } from '@/shared/ui/Logo'
import { ErrorLine } from '@/shared/ui/parts'
import { Directories } from './Directories'
import { refusal } from './refusal'
import { forgetSession, signIn } from './session'

type Field = 'username' | 'password' | 'otp'

/** The way in. With `expired`, that person's page waits behind it, as it was. `aside` stands below the form. */
export function SignIn({ expired, trouble = null, aside }: { expired?: Person; trouble?: unknown; aside?: ReactNode }) {
  const { t, i18n } = useTranslation()
  const [username, setUsername] = useState(expired?.username ?? '')
  const [password, setPassword] = useState('')
  const [otp, setOtp] = useState('')
  const [step, setStep] = useState<'password' | 'otp'>('password')
  const [problem, setProblem] = useState<unknown>(trouble)
  const [missing, setMissing] = useState<Field | null>(null)
  const [busy, setBusy] = useState(false)
  const userField = useRef<InputRef>(null)
  const passwordField = useRef<InputRef>(null)
  const otpField = useRef<InputRef>(null)
  useEffect(() => {
    if (step === 'otp') otpField.current?.focus()
    else if (expired) passwordField.current?.focus()
    else userField.current?.focus()
  }, [step, expired])

  const submit = async () => {
    const lacking: Field | null = !username.trim() ? 'username' : !password ? 'password' : step === 'otp' && !otp.trim() ? 'otp' : null
    setMissing(lacking)
    if (lacking) {
      ;({ username: userField, password: passwordField, otp: otpField })[lacking].current?.focus()
      return
    }
    setBusy(true)
    setProblem(null)
    try {
      await signIn({ username: username.trim(), password, ...(step === 'otp' ? { otp: otp.replaceAll(/\s/g, '') } : {}) })
    } catch (error) {
      setBusy(false)
      if (error instanceof Problem && error.code === 'otp_required') {
        setStep('otp')
        return
      }
      setProblem(error)
      ;(step === 'otp' ? otpField : passwordField).current?.focus({ cursor: 'all' })
    }
  }

  const restart = () => {
    setStep('password')
    setOtp('')
    setProblem(null)
    setMissing(null)
  }

  return (
    <main className="signin">
      <form
        className="signin-box"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <div className="signin-title">
          <Logo size={44} />
          <div>
            <h1>{t('app.name')}</h1>
            <p>{t('app.about')}</p>
          </div>
        </div>
        {expired && step === 'password' && (
          <p className="signin-note" data-testid="signin-expired">
            {t('session.expired')}
          </p>
        )}
        {step === 'password' ? (
          <>
            <label htmlFor="username">{t('session.username')}</label>
            <Input
              id="username"
              ref={userField}
              size="large"
              autoComplete="username"
              autoCapitalize="off"
              spellCheck={false}
              value={username}
              disabled={expired !== undefined}
              status={missing === 'username' ? 'error' : undefined}
              data-testid="signin-username"
              onChange={(event) => setUsername(event.target.value)}
            />
            {missing === 'username' && <ErrorLine>{t('session.usernameMissing')}</ErrorLine>}
            <label htmlFor="password">{t('session.password')}</label>
            <Input
              id="password"
              ref={passwordField}
              size="large"
              type="password"
              autoComplete="current-password"
              value={password}
              status={missing === 'password' ? 'error' : undefined}
              data-testid="signin-password"
              onChange={(event) => setPassword(event.target.value)}
            />
            {missing === 'password' && <ErrorLine>{t('session.passwordMissing')}</ErrorLine>}
          </>
        ) : (
          <>
            <p className="signin-note">{t('session.otpNote', { username: username.trim() })}</p>
            <label htmlFor="otp">{t('session.otp')}</label>
            <Input
              id="otp"
              ref={otpField}
              size="large"
              autoComplete="one-time-code"
              spellCheck={false}
              maxLength={32}
              value={otp}
              status={missing === 'otp' ? 'error' : undefined}
              data-testid="signin-otp"
              onChange={(event) => setOtp(event.target.value)}
            />
            {missing === 'otp' && <ErrorLine>{t('session.otpMissing')}</ErrorLine>}
          </>
        )}
        {problem !== null && (
          <div data-testid="signin-problem">
            <ErrorLine problem={problem}>{refusal(problem, t, i18n.language)}</ErrorLine>
          </div>
        )}
        <Button type="primary" size="large" htmlType="submit" block loading={busy} data-testid="signin-submit">
          {t('session.signIn')}
        </Button>
        {step === 'otp' && (
          <button type="button" className="link signin-other" onClick={restart}>
            {t('session.otherPerson')}
          </button>
        )}
        {expired && step === 'password' && (
          <button type="button" className="link signin-other" data-testid="signin-somebody-else" onClick={forgetSession}>
            {t('session.somebodyElse')}
          </button>
        )}
        {step === 'password' && <Directories />}
        {step === 'password' && !expired && aside}
      </form>
      <div className="signin-prefs">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </main>
  )
}
