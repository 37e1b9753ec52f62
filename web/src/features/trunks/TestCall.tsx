import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import type { TestCallResult, Trunk } from '@/shared/api/telephony'
import { composing } from '@/shared/keys/keys'
import { length } from '@/shared/time/format'
import { serverNow, useNow } from '@/shared/time/clock'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { ErrorLine } from '@/shared/ui/parts'

export const numberFits = (number: string): boolean => /^\+?\d{2,20}$/.test(number.replaceAll(/[\s()-]/g, ''))

/** Really calls a number by this trunk, and tells step by step what came of it. */
export function TestCall({ trunk, onClose, onCalls }: { trunk: Trunk; onClose: () => void; onCalls: () => void }) {
  const { t } = useTranslation()
  const [number, setNumber] = useState('')
  const [tried, setTried] = useState(false)
  const [begun, setBegun] = useState<number | null>(null)
  const [result, setResult] = useState<TestCallResult | null>(null)
  const { busy, problem, run } = useAction('/sip/calls')
  const wrong = tried && !numberFits(number)
  const call = async () => {
    setTried(true)
    if (!numberFits(number) || busy) return
    setResult(null)
    setBegun(serverNow())
    const answer = await run(() => api.post<TestCallResult>(`/trunks/${trunk.id}/test-call`, { number: number.replaceAll(/[\s()-]/g, '') }))
    if (answer.ok) setResult(answer.value)
  }
  return (
    <Modal
      open
      title={t('tel.trunks.testOf', { name: trunk.name })}
      width={480}
      onCancel={onClose}
      footer={
        <div className="dialog-foot">
          {(result || problem !== null) && (
            <button type="button" className="link" onClick={onCalls}>
              {t('tel.trunks.testTrace')}
            </button>
          )}
          <span className="foot-end">
            <Button onClick={onClose}>{t('admin.common.close')}</Button>
            <Button type="primary" loading={busy} data-testid="test-call" onClick={() => void call()}>
              {t(result ? 'tel.trunks.testAgain' : 'tel.trunks.testStart')}
            </Button>
          </span>
        </div>
      }
    >
      <div className="form">
        <Field id="test-number" label={t('tel.trunks.number')} error={wrong ? 'tel.wrong.number' : undefined} hint={t('tel.trunks.testHint')}>
          <Input
            id="test-number"
            autoFocus
            value={number}
            inputMode="tel"
            maxLength={30}
            autoComplete="off"
            disabled={busy}
            status={wrong ? 'error' : undefined}
            data-testid="test-number"
            onChange={({ target }) => setNumber(target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !composing(event.nativeEvent)) void call()
            }}
          />
        </Field>
      </div>
      {/* As high as what it will hold. */}
      <ol className="steps" aria-live="polite" data-testid="test-steps">
        {busy && begun !== null && <Running since={begun} />}
        {!busy && problem !== null && (
          <li>
            <ErrorLine problem={problem} />
          </li>
        )}
        {!busy && result && <Steps result={result} />}
      </ol>
    </Modal>
  )
}

function Running({ since }: { since: number }) {
  const { t } = useTranslation()
  const now = useNow()
  return (
    <li>
      <Icon name="ringing" className="text-accent" />
      <span>{t('tel.trunks.testing')}</span>
      <span className="step-time">{length(Math.max(0, (now - since) / 1_000))}</span>
    </li>
  )
}

function Steps({ result }: { result: TestCallResult }) {
  const { t } = useTranslation()
  const answered = result.status >= 200 && result.status < 300
  const time = (seconds: number | null) => (seconds === null ? '' : `${seconds.toFixed(1)} s`)
  const steps: Array<[icon: IconName, tone: string, words: string, time: string]> = [
    ['outgoing', 'muted', t('tel.trunks.step.sent', { route: result.route }), ''],
    result.seconds_to_ring === null ? ['minusCircle', 'muted', t('tel.trunks.step.noRing'), ''] : ['ringing', 'text-ok', t('tel.trunks.step.rang'), time(result.seconds_to_ring)],
    answered
      ? ['checkCircle', 'text-ok', t('tel.trunks.step.answered'), time(result.seconds_to_answer)]
      : ['octagon', 'text-red', t('tel.trunks.step.refused', { status: result.status, reason: t(`tel.status.${result.status}`, { defaultValue: result.reason }) }), ''],
  ]
  return (
    <>
      {steps.map(([icon, tone, words, at]) => (
        <li key={words}>
          <Icon name={icon} className={tone} />
          <span>{words}</span>
          <span className="step-time">{at}</span>
        </li>
      ))}
      {!answered && result.reason && (
        <li>
          <span className="muted">{t('tel.trunks.step.said', { reason: t(`tel.trunks.trouble.${result.reason.replaceAll(' ', '_')}`, { defaultValue: result.reason }) })}</span>
        </li>
      )}
    </>
  )
}
