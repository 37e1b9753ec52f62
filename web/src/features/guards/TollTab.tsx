import { Button, Input } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction, useAll } from '@/shared/api/lists'
import type { TollCheck, TollRule, Trunk } from '@/shared/api/telephony'
import { length } from '@/shared/time/format'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { Chip, ErrorLine, Section, type Tone } from '@/shared/ui/parts'
import { aboutRule, limitsOf } from './rules'
import { TollDialog } from './TollDialog'

const look: Record<TollRule['action'], { tone: Tone; icon: IconName }> = {
  allow: { tone: 'ok', icon: 'checkCircle' },
  deny: { tone: 'red', icon: 'stop' },
  limit: { tone: 'amber', icon: 'clock' },
}

/** Which numbers outside may be called by whom, and how much of it; beside it, whether one call would be let through. */
export function TollTab({ head, writes }: { head: ReactNode; writes: boolean }) {
  const { t, i18n } = useTranslation()
  const { query, rows } = useAll<TollRule>('/sip/toll-rules')
  const trunks = useAll<Trunk>('/trunks').rows
  const [editing, setEditing] = useState<TollRule | 'new' | null>(null)
  const names = new Map(trunks.map((trunk) => [trunk.id, (i18n.language === 'en' && trunk.name_en) || trunk.name]))
  const columns: Column<TollRule>[] = [
    { id: 'position', title: t('tel.guards.position'), track: '56px', render: (rule) => <span className="muted">{rule.position}</span> },
    { id: 'name', title: t('admin.common.name'), track: 'minmax(100px, 1fr)', render: (rule) => <b title={rule.name}>{rule.name}</b> },
    {
      id: 'action',
      title: t('tel.guards.action'),
      track: '96px',
      render: (rule) => (
        <Chip tone={look[rule.action].tone} icon={look[rule.action].icon}>
          {t(`tel.guards.toll.${rule.action}`)}
        </Chip>
      ),
    },
    {
      id: 'about',
      title: t('tel.guards.about'),
      track: 'minmax(160px, 2fr)',
      render: (rule) => {
        const text = [aboutRule(rule, names, t), limitsOf(rule, t)].filter(Boolean).join(' · ')
        return <span title={text}>{text}</span>
      },
    },
  ]
  return (
    <>
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          {head}
          {writes && (
            <span className="admin-end">
              <Button icon={<Icon name="plus" />} data-testid="toll-new" onClick={() => setEditing('new')}>
                {t('tel.guards.addToll')}
              </Button>
            </span>
          )}
        </header>
        <p className="admin-hint">{t('tel.guards.tollHint')}</p>
        <DataTable label={t('tel.guards.tab.toll')} columns={columns} rows={rows} rowId={(rule) => rule.id} source={query} dimmed={(rule) => !rule.active} onOpen={writes ? setEditing : undefined} empty={t('tel.guards.noToll')} testId="toll" />
        {editing && <TollDialog rule={editing === 'new' ? null : editing} trunks={trunks} onClose={() => setEditing(null)} />}
      </div>
      <Check />
    </>
  )
}

/** Would this seat be let through to this number now? */
function Check() {
  const { t } = useTranslation()
  const [user, setUser] = useState('')
  const [number, setNumber] = useState('')
  const [tried, setTried] = useState(false)
  const [answer, setAnswer] = useState<TollCheck | null>(null)
  const { busy, problem, run } = useAction('/nothing')
  const plain = number.replaceAll(/[\s()-]/g, '')
  const wrong = !/^\+?\d{2,20}$/.test(plain)
  const ask = async () => {
    setTried(true)
    if (wrong || !user.trim() || busy) return
    const result = await run(() => api.post<TollCheck>('/sip/toll-rules/check', { user: user.trim(), number: plain }))
    setAnswer(result.ok ? result.value : null)
  }
  return (
    <aside className="explain" aria-label={t('tel.guards.check')} data-region="explain">
      <Section icon="shield" title={t('tel.guards.check')}>
        <form
          className="explain-ask toll-ask"
          onSubmit={(event) => {
            event.preventDefault()
            void ask()
          }}
        >
          <Input value={user} maxLength={50} placeholder={t('tel.guards.seat')} aria-label={t('tel.guards.seat')} status={tried && !user.trim() ? 'error' : undefined} data-testid="check-user" onChange={({ target }) => setUser(target.value)} />
          <Input value={number} inputMode="tel" maxLength={30} placeholder={t('tel.explain.example')} aria-label={t('tel.trunks.number')} status={tried && wrong ? 'error' : undefined} data-testid="check-number" onChange={({ target }) => setNumber(target.value)} />
          <Button htmlType="submit" loading={busy} data-testid="toll-check">
            {t('tel.explain.ask')}
          </Button>
        </form>
        {tried && wrong && <ErrorLine>{t('tel.wrong.number')}</ErrorLine>}
        {problem !== null && <ErrorLine problem={problem} />}
        {answer && <Verdict answer={answer} />}
      </Section>
    </aside>
  )
}

function Verdict({ answer }: { answer: TollCheck }) {
  const { t } = useTranslation()
  return (
    <div aria-live="polite" data-testid="toll-verdict">
      <p className="toll-verdict">
        <Chip tone={answer.denied ? 'red' : 'ok'} icon={answer.denied ? 'stop' : 'checkCircle'}>
          {t(answer.denied ? 'tel.guards.stopped' : 'tel.guards.passes')}
        </Chip>
        {answer.denied && <span>{t(`tel.guards.denial.${answer.denied}`, { defaultValue: answer.denied })}</span>}
        {!answer.denied && answer.seconds !== null && <span className="muted">{t('tel.guards.lasts', { time: length(answer.seconds) })}</span>}
      </p>
      <dl className="pairs">
        <dt>{t('tel.explain.number')}</dt>
        <dd>{answer.digits}</dd>
        <dt>{t('tel.guards.kind')}</dt>
        <dd>
          {t(`tel.guards.class.${answer.kind}`, { defaultValue: answer.kind })} <span className="muted">{answer.country}</span>
        </dd>
        <dt>{t('tel.guards.rule')}</dt>
        <dd>{answer.rule ? answer.rule.name : <span className="muted">{t('tel.guards.noRule')}</span>}</dd>
      </dl>
    </div>
  )
}
