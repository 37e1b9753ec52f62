import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { phone } from '@/shared/format/phone'
import { LanguageSwitch, ThemeSwitch } from '@/shared/prefs/Switches'
import { timer } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { Logo } from '@/shared/ui/Logo'
import { ErrorLine } from '@/shared/ui/parts'
import { isOver, type SampleCustomer, useSampleCustomers, useVisit, type Visit } from './demo'

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']
const looks: Record<Visit['state'], { icon: IconName; tone: string }> = {
  calling: { icon: 'outgoing', tone: 'accent' },
  ringing: { icon: 'ringing', tone: 'accent' },
  answered: { icon: 'phone', tone: 'ok' },
  ended: { icon: 'checkCircle', tone: 'neutral' },
  failed: { icon: 'octagon', tone: 'red' },
}

/** The customer's side of the demo: a real call to the centre, from one of the sample's numbers. */
export function TryOut() {
  const { t } = useTranslation()
  const customers = useSampleCustomers()
  const [kind, setKind] = useState<SampleCustomer['kind']>('known')
  const [id, setId] = useState<string | null>(null)
  const [problem, setProblem] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const visit = useVisit(id)
  const standing = id !== null && !visit.isError && !isOver(visit.data)

  const attempt = async (act: () => Promise<void>) => {
    setBusy(true)
    setProblem(null)
    try {
      await act()
    } catch (error) {
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  const call = () => attempt(async () => setId((await api.post<Visit>('/try/calls', { kind })).id))
  const hangUp = () =>
    attempt(async () => {
      await api.delete(`/try/calls/${id}`)
      await visit.refetch()
    })
  const press = (digit: string) => attempt(() => api.post(`/try/calls/${id}/keys`, { keys: digit }))

  return (
    <main className="signin tryout-page">
      <div className="signin-box tryout" data-testid="try">
        <div className="signin-title">
          <Logo size={44} />
          <div>
            <h1>{t('tryOut.title')}</h1>
            <p>{t('app.name')}</p>
          </div>
        </div>
        {customers.isError || customers.fetchStatus === 'idle' && !customers.data ? (
          <ErrorLine>{t('tryOut.refused')}</ErrorLine>
        ) : (
          <>
            <p className="signin-note">{t('tryOut.lead')}</p>
            <fieldset className="tryout-who" disabled={standing}>
              <legend>{t('tryOut.who')}</legend>
              {(customers.data?.items ?? []).map((one) => (
                <label key={one.kind}>
                  <input type="radio" name="who" value={one.kind} checked={kind === one.kind} onChange={() => setKind(one.kind)} />
                  <b>{t(`tryOut.customer.${one.kind}`)}</b>
                  <span className="muted">{[one.name, phone(one.number)].filter(Boolean).join(' ')}</span>
                </label>
              ))}
            </fieldset>
            {visit.data && id !== null && <State visit={visit.data} />}
            {standing ? (
              <>
                <div className="keypad tryout-keys" role="group" aria-label={t('tryOut.keys')}>
                  {digits.map((digit) => (
                    <button key={digit} type="button" disabled={visit.data?.state !== 'answered'} data-testid={`try-${digit}`} onClick={() => void press(digit)}>
                      {digit}
                    </button>
                  ))}
                </div>
                <Button danger type="primary" size="large" block loading={busy} data-testid="try-hangup" onClick={() => void hangUp()}>
                  {t('tryOut.hangUp')}
                </Button>
              </>
            ) : (
              <Button type="primary" size="large" block loading={busy} data-testid="try-call" onClick={() => void call()}>
                {t(id === null ? 'tryOut.call' : 'tryOut.again')}
              </Button>
            )}
            {problem !== null && <ErrorLine problem={problem} />}
          </>
        )}
        <a className="link signin-other" href="/">
          {t('tryOut.back')}
        </a>
      </div>
      <div className="signin-prefs">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </main>
  )
}

function State({ visit }: { visit: Visit }) {
  const { t } = useTranslation()
  const { icon, tone } = looks[visit.state]
  return (
    <p className={`tryout-state text-${tone}`} role="status" data-testid="try-state" data-state={visit.state}>
      <Icon name={icon} />
      <b>{t(`tryOut.state.${visit.state}`)}</b>
      <span>{phone(visit.number)}</span>
      {visit.seconds > 0 && <span className="tryout-time">{t('tryOut.heard', { time: timer(visit.seconds) })}</span>}
    </p>
  )
}
