import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import type { Candidate, Explanation, TrunkDocument, TrunkLife } from '@/shared/api/telephony'
import { Chip, ErrorLine, Section } from '@/shared/ui/parts'
import { trunkLook } from './look'
import { numberFits } from './TestCall'

/** Which way would a number go at this moment, and why. */
export function Explain({ live }: { live: ReadonlyMap<string, TrunkDocument> }) {
  const { t } = useTranslation()
  const [number, setNumber] = useState('')
  const [tried, setTried] = useState(false)
  const [answer, setAnswer] = useState<Explanation | null>(null)
  const { busy, problem, run } = useAction('/nothing')
  const wrong = tried && !numberFits(number)
  const ask = async () => {
    setTried(true)
    if (!numberFits(number) || busy) return
    const result = await run(() => api.post<Explanation>('/call-routes/explain', { number: number.replaceAll(/[\s()-]/g, '') }))
    setAnswer(result.ok ? result.value : null)
  }
  return (
    <aside className="explain" aria-label={t('tel.explain.title')} data-region="explain">
      <Section icon="transfer" title={t('tel.explain.title')}>
        <form
          className="explain-ask"
          onSubmit={(event) => {
            event.preventDefault()
            void ask()
          }}
        >
          <Input value={number} inputMode="tel" maxLength={30} placeholder={t('tel.explain.example')} aria-label={t('tel.trunks.number')} status={wrong ? 'error' : undefined} data-testid="explain-number" onChange={({ target }) => setNumber(target.value)} />
          <Button htmlType="submit" loading={busy} data-testid="explain">
            {t('tel.explain.ask')}
          </Button>
        </form>
        {wrong && <ErrorLine>{t('tel.wrong.number')}</ErrorLine>}
        {problem !== null && <ErrorLine problem={problem} />}
        {answer && <Answer answer={answer} live={live} />}
      </Section>
    </aside>
  )
}

function Answer({ answer, live }: { answer: Explanation; live: ReadonlyMap<string, TrunkDocument> }) {
  const { t } = useTranslation()
  return (
    <div data-testid="explanation" aria-live="polite">
      <dl className="pairs">
        <dt>{t('tel.explain.number')}</dt>
        <dd>{answer.number}</dd>
        <dt>{t('tel.explain.route')}</dt>
        <dd>{answer.route ? `${answer.route.prefix ? `+${answer.route.prefix}` : t('tel.routes.every')} ${answer.route.name}` : t('tel.explain.noRoute')}</dd>
      </dl>
      {answer.error && <ErrorLine problem={{ code: answer.error }}>{t(`tel.explain.error.${answer.error}`, { defaultValue: answer.error })}</ErrorLine>}
      <ol className="ways">
        {answer.candidates.map((candidate, index) => (
          <One key={candidate.trunk_id} candidate={candidate} place={index + 1} state={(live.get(candidate.trunk_id)?.state ?? candidate.state) as TrunkLife} />
        ))}
      </ol>
    </div>
  )
}

function One({ candidate, place, state }: { candidate: Candidate; place: number; state: TrunkLife }) {
  const { t } = useTranslation()
  const look = trunkLook[state] ?? trunkLook.unknown
  const price = candidate.per_minute_micro
  return (
    <li className={candidate.usable ? undefined : 'unusable'}>
      <span className="candidate-place">{candidate.usable ? place : '–'}</span>
      <div className="candidate-body">
        <p className="name-marks">
          <b className="ellipsis" title={candidate.name}>
            {candidate.name}
          </b>
          <Chip tone={look.tone} icon={look.icon}>
            {t(`tel.trunks.life.${state}`)}
          </Chip>
          {price !== null && <span className="candidate-price">{t('tel.explain.price', { price: (price / 1_000_000).toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 4 }) })}</span>}
        </p>
        <p className="line-minor">
          {t('tel.explain.sends', { number: candidate.sends })} · {candidate.why.map((code) => t(`tel.explain.why.${code}`, { defaultValue: code, priority: candidate.priority, weight: candidate.weight })).join(t('admin.common.and'))}
        </p>
      </div>
    </li>
  )
}
