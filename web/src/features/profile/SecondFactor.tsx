import { Button, Input, QRCode, type InputRef } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { refreshSession } from '@/features/session/session'
import { api, Problem } from '@/shared/api/client'
import type { RecoveryCodes, TotpSecret } from '@/shared/api/identity'
import { useAction } from '@/shared/api/lists'
import { Chip, ErrorLine, Section } from '@/shared/ui/parts'
import { Copyable, Secrets } from '@/shared/ui/Secrets'

/** 两步验证: a code of an authenticator besides the password (RFC 6238). */
export function SecondFactor({ on }: { on: boolean }) {
  const { t } = useTranslation()
  const [begun, setTotpSecret] = useState<TotpSecret | null>(null)
  const [stopping, setStopping] = useState(false)
  const [codes, setCodes] = useState<string[] | null>(null)
  const { busy, problem, setProblem, run } = useAction('/session')

  const start = async () => {
    const result = await run(() => api.post<TotpSecret>('/session/totp'))
    if (result.ok) setTotpSecret(result.value)
  }

  return (
    <Section
      icon="shield"
      title={t('admin.profile.totp')}
      extra={
        <Chip tone={on ? 'ok' : 'neutral'} icon={on ? 'check' : 'minusCircle'}>
          {t(on ? 'admin.profile.on' : 'admin.profile.off')}
        </Chip>
      }
    >
      <p className="profile-say">{t(on ? 'admin.profile.totpOn' : 'admin.profile.totpOff')}</p>
      {problem !== null && !begun && !stopping && <ErrorLine problem={problem} />}
      {!on && !begun && (
        <Button loading={busy} data-testid="totp-start" onClick={() => void start()}>
          {t('admin.profile.totpStart')}
        </Button>
      )}
      {!on && begun && (
        <Confirming
          begun={begun}
          busy={busy}
          problem={problem}
          onCancel={() => {
            setTotpSecret(null)
            setProblem(null)
          }}
          onCode={async (code) => {
            const result = await run(() => api.put<RecoveryCodes>('/session/totp', { code }))
            if (!result.ok) return
            setTotpSecret(null)
            setCodes(result.value.recovery_codes)
          }}
        />
      )}
      {on && !stopping && (
        <Button data-testid="totp-stop" onClick={() => setStopping(true)}>
          {t('admin.profile.totpStop')}
        </Button>
      )}
      {on && stopping && (
        <Stopping
          busy={busy}
          problem={problem}
          onCancel={() => {
            setStopping(false)
            setProblem(null)
          }}
          onPassword={async (password) => {
            const result = await run(() => api.delete('/session/totp', { password }))
            if (!result.ok) return
            setStopping(false)
            await refreshSession()
          }}
        />
      )}
      {codes && (
        <Secrets
          title={t('admin.profile.totpDone')}
          secrets={[{ label: t('admin.secret.recovery'), value: codes.join(' ') }]}
          note={t('admin.profile.recoveryHint')}
          onDone={() => {
            setCodes(null)
            void refreshSession()
          }}
        />
      )}
    </Section>
  )
}

function Confirming({ begun, busy, problem, onCancel, onCode }: { begun: TotpSecret; busy: boolean; problem: unknown; onCancel: () => void; onCode: (code: string) => Promise<void> }) {
  const { t } = useTranslation()
  const [code, setCode] = useState('')
  const [tried, setTried] = useState(false)
  const field = useRef<InputRef>(null)
  const digits = code.replaceAll(/\s/g, '')
  const wrong = !/^\d{6}$/.test(digits)
  useEffect(() => field.current?.focus(), [])
  return (
    <form
      className="totp"
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (!wrong && !busy) void onCode(digits)
      }}
    >
      {/* Black on white whatever the theme: cameras want it so. */}
      <span className="totp-code" aria-hidden="true" data-testid="totp-qr">
        <QRCode type="svg" value={begun.uri} size={168} color="#000000" bgColor="#ffffff" bordered={false} errorLevel="M" />
      </span>
      <div className="totp-words">
        <p>{t('admin.profile.totpScan')}</p>
        <p className="muted">{t('admin.profile.totpManual')}</p>
        <Copyable value={begun.secret} testId="totp-secret" />
        <span className="form-end">
          <Input
            ref={field}
            value={code}
            className="totp-digits"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={7}
            aria-label={t('admin.profile.totpCode')}
            placeholder={t('admin.profile.totpCode')}
            status={(tried && wrong) || problem !== null ? 'error' : undefined}
            data-testid="totp-digits"
            onChange={(event) => setCode(event.target.value)}
          />
          <Button type="primary" htmlType="submit" loading={busy} data-testid="totp-confirm">
            {t('admin.profile.totpConfirm')}
          </Button>
          <Button onClick={onCancel}>{t('admin.common.cancel')}</Button>
        </span>
        {tried && wrong ? <ErrorLine>{t('admin.profile.codeWrong')}</ErrorLine> : problem !== null && <ErrorLine problem={problem} />}
      </div>
    </form>
  )
}

function Stopping({ busy, problem, onCancel, onPassword }: { busy: boolean; problem: unknown; onCancel: () => void; onPassword: (password: string) => Promise<void> }) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  const field = useRef<InputRef>(null)
  useEffect(() => field.current?.focus(), [])
  const refused = problem instanceof Problem && (problem.code === 'wrong_credentials' || problem.code === 'wrong_password')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (password && !busy) void onPassword(password)
      }}
    >
      <span className="form-end">
        <Input
          ref={field}
          type="password"
          className="totp-password"
          autoComplete="current-password"
          value={password}
          aria-label={t('admin.profile.totpStopPassword')}
          placeholder={t('admin.profile.totpStopPassword')}
          status={refused ? 'error' : undefined}
          data-testid="totp-password"
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button danger htmlType="submit" loading={busy} disabled={!password}>
          {t('admin.profile.totpStop')}
        </Button>
        <Button onClick={onCancel}>{t('admin.common.cancel')}</Button>
      </span>
      {problem !== null && <ErrorLine problem={problem}>{refused ? t('problem.wrong_password') : undefined}</ErrorLine>}
    </form>
  )
}
