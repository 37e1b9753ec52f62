import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import { relayRoundTrip, sipRoundTrip } from './netcheck'

/** Milliseconds; null while it runs, and for a relay the centre does not have. */
type Found = { state: 'testing' } | { state: 'bad' } | { state: 'done'; ms: number | null }

/** ITU-T G.114: beyond 150 ms one way, people begin to speak at once. */
const slow = 300

async function measured(test: () => Promise<number | null>): Promise<Found> {
  try {
    return { state: 'done', ms: await test() }
  } catch {
    return { state: 'bad' }
  }
}

/** To the centre and back, as signalling goes and as sound goes. */
export function NetworkCheck({ onResult }: { onResult: (good: boolean) => void }) {
  const { t } = useTranslation()
  const [sip, setSip] = useState<Found>({ state: 'testing' })
  const [ice, setIce] = useState<Found>({ state: 'testing' })
  const run = useCallback(() => {
    void measured(sipRoundTrip).then(setSip)
    void measured(relayRoundTrip).then(setIce)
  }, [])
  useEffect(run, [run])
  const again = () => {
    setSip({ state: 'testing' })
    setIce({ state: 'testing' })
    run()
  }
  const both = [sip, ice]
  const testing = both.some(({ state }) => state === 'testing')
  const bad = both.some(({ state }) => state === 'bad')
  const lags = both.some((one) => one.state === 'done' && (one.ms ?? 0) > slow)
  useEffect(() => {
    if (!testing) onResult(!bad)
  }, [testing, bad, onResult])
  const word = (one: Found, relay: boolean) => {
    if (one.state === 'testing') return t('softphone.check.testing')
    if (one.state === 'bad') return t('softphone.check.unreached')
    const way = relay ? `${t(one.ms === null ? 'softphone.check.direct' : 'softphone.check.relay')} ` : ''
    return one.ms === null ? way : `${way}${t('softphone.check.ms', { count: Math.max(1, Math.round(one.ms)) })}`
  }
  return (
    <div data-testid="network-check" data-state={testing ? 'testing' : bad ? 'bad' : 'good'}>
      <dl className="check-figures">
        <dt>{t('softphone.check.sip')}</dt>
        <dd>{word(sip, false)}</dd>
        <dt>{t('softphone.check.ice')}</dt>
        <dd>{word(ice, true)}</dd>
      </dl>
      <p className={testing ? 'muted' : bad ? 'text-red' : lags ? 'text-amber' : 'text-ok'} role="status">
        {!testing && <Icon name={bad ? 'octagon' : lags ? 'triangle' : 'checkCircle'} size={14} />} {t(`softphone.check.${testing ? 'testing' : bad ? 'bad' : lags ? 'slow' : 'good'}`)}
        {!testing && (
          <button type="button" className="link check-again" onClick={again}>
            {t('softphone.check.again')}
          </button>
        )}
      </p>
    </div>
  )
}
