import { Button, Input, type InputRef } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { LanguageSwitch, ThemeSwitch } from '@/shared/prefs/Switches'
import { Logo } from '@/shared/ui/Logo'
import { ErrorLine } from '@/shared/ui/parts'
import { signIn } from './session'

export function SignIn() {
  const { t } = useTranslation()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState<unknown>(null)
  const [missing, setMissing] = useState<'username' | 'password' | null>(null)
  const [busy, setBusy] = useState(false)
  const userField = useRef<InputRef>(null)
  const passwordField = useRef<InputRef>(null)
  useEffect(() => userField.current?.focus(), [])

  const submit = async () => {
    const lacking = !username.trim() ? 'username' : !password ? 'password' : null
    setMissing(lacking)
    if (lacking) {
      ;(lacking === 'username' ? userField : passwordField).current?.focus()
      return
    }
    setBusy(true)
    setProblem(null)
    try {
      await signIn(username.trim(), password)
    } catch (error) {
      setProblem(error)
      setBusy(false)
      passwordField.current?.focus({ cursor: 'all' })
    }
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
        <label htmlFor="username">{t('session.username')}</label>
        <Input
          id="username"
          ref={userField}
          size="large"
          autoComplete="username"
          autoCapitalize="off"
          spellCheck={false}
          value={username}
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
        {problem !== null && <ErrorLine problem={problem} />}
        <Button type="primary" size="large" htmlType="submit" block loading={busy} data-testid="signin-submit">
          {t('session.signIn')}
        </Button>
      </form>
      <div className="signin-prefs">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </main>
  )
}
