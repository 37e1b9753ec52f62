import { Button, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, Problem } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import type { Trunk, TrunkDocument } from '@/shared/api/telephony'
import { useDraft } from '@/shared/prefs/drafts'
import { serverNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { Confirm } from '@/shared/ui/Confirm'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip, ErrorLine } from '@/shared/ui/parts'
import { Sheet } from '@/shared/ui/Sheet'
import { toast } from '@/shared/ui/toasts'
import { changesOf, draftOf, emptyTrunk, fieldOf, trimmed, wrongIn, type Passwords, type TrunkDraft, type TrunkField, type Wrong } from './form'
import { channelsOf, percent, repairOf, trunkLook } from './look'
import { TestCall } from './TestCall'
import { useAction as useKeyAction } from '@/shared/keys/actions'
import { TrunkFields } from './TrunkFields'

interface Props {
  /** Null makes a new one. */
  trunk: Trunk | null
  live: TrunkDocument | undefined
  onClose: () => void
  onMade: (id: string) => void
  onReload: () => void
  onCalls: (id: string) => void
}

export function TrunkSheet({ trunk, live, onClose, onMade, onReload, onCalls }: Props) {
  const { t, i18n } = useTranslation()
  const writes = useMay()('telephony.write')
  const before = trunk ? draftOf(trunk) : emptyTrunk
  const { value: touched, set, clear } = useDraft<Partial<TrunkDraft>>(`trunk.${trunk?.id ?? 'new'}`, {})
  // Passwords are kept nowhere but here.
  const [passwords, setPasswords] = useState<Passwords>({})
  const [left, setLeft] = useState<ReadonlySet<TrunkField>>(new Set())
  const [saved, setSaved] = useState(false)
  const [testing, setTesting] = useState(false)
  const { busy, problem, setProblem, run } = useAction('/trunks', '/call-routes')
  const draft: TrunkDraft = { ...before, ...touched }
  const kept = { secret: trunk?.has_secret ?? false, peer_secret: trunk?.has_peer_secret ?? false }
  const changes = changesOf(before, draft, passwords)
  const changed = Object.keys(changes).length > 0
  const wrong = wrongIn(draft, passwords, kept, trunk === null)
  const shown: Wrong = Object.fromEntries(Object.entries(wrong).filter(([field]) => left.has(field as TrunkField)))
  const about = fieldOf(problem)
  if (about && !shown[about]) shown[about] = `problem.${(problem as Problem).code}`
  const stale = problem instanceof Problem && problem.code === 'changed_meanwhile'
  const name = trunk ? (i18n.language === 'en' && trunk.name_en) || trunk.name : t('tel.trunks.add')

  const change = (part: Partial<TrunkDraft>) => {
    const next = { ...touched, ...part }
    set(Object.fromEntries(Object.entries(next).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as keyof TrunkDraft]))))
    setSaved(false)
    if (about) setProblem(null)
  }
  const save = async () => {
    setLeft(new Set(Object.keys(wrong) as TrunkField[]))
    if (Object.keys(wrong).length > 0) {
      requestAnimationFrame(() => document.querySelector('.trunk-form .error-line')?.scrollIntoView({ block: 'center' }))
      return
    }
    if (!changed || busy) return
    const { result } = trunk
      ? { result: await run(() => api.patch<Trunk>(`/trunks/${trunk.id}`, { version: trunk.version, ...changes })) }
      : { result: await run(() => api.post<Trunk>('/trunks', { ...trimmed(draft), ...passwords })) }
    if (!result.ok) return
    clear()
    setPasswords({})
    setSaved(true)
    if (!trunk) onMade(result.value.id)
  }
  useKeyAction('submit', () => void save(), writes && changed)
  const activate = (active: boolean) => trunk && void run(() => api.patch(`/trunks/${trunk.id}`, { version: trunk.version, active }))
  const remove = async () => {
    if (!trunk) return
    const { ok } = await run(() => api.delete(`/trunks/${trunk.id}`))
    if (!ok) return
    clear()
    toast(t('admin.common.removed', { name }), 'ok')
    onClose()
  }

  return (
    <Sheet
      title={name}
      label={name}
      testId="trunk-sheet"
      onClose={onClose}
      marks={
        trunk && (
          <>
            <span className="muted">{trunk.code}</span>
            {writes && <Switch size="small" checked={trunk.active} disabled={busy || changed} aria-label={t('tel.trunks.active')} title={t(changed ? 'admin.common.unsaved' : 'tel.trunks.active')} data-testid="trunk-active" onChange={activate} />}
          </>
        )
      }
      foot={
        writes && (
          <>
            {problem !== null && !about ? (
              <ErrorLine problem={problem}>{stale ? t('admin.common.moved') : undefined}</ErrorLine>
            ) : saved && !changed ? (
              <span className="saved" role="status">
                <Icon name="check" /> {t('admin.common.saved')}
              </span>
            ) : changed && trunk ? (
              <span className="muted">{t('admin.common.unsaved')}</span>
            ) : null}
            <span className="foot-end">
              {stale && (
                <Button
                  onClick={() => {
                    setProblem(null)
                    onReload()
                  }}
                >
                  {t('admin.common.loadLatest')}
                </Button>
              )}
              {changed && (
                <Button
                  disabled={busy}
                  onClick={() => {
                    clear()
                    setPasswords({})
                    setProblem(null)
                    setLeft(new Set())
                  }}
                >
                  {t('admin.common.discard')}
                </Button>
              )}
              <Button type="primary" disabled={!changed} loading={busy} data-testid="trunk-save" onClick={() => void save()}>
                {t('admin.common.save')}
              </Button>
            </span>
          </>
        )
      }
    >
      {trunk && <Life trunk={trunk} live={live} />}
      {trunk && (
        <div className="trunk-acts">
          {writes && trunk.direction !== 'in' && (
            <Button size="small" icon={<Icon name="phone" size={14} />} disabled={!trunk.active} data-testid="trunk-test" onClick={() => setTesting(true)}>
              {t('tel.trunks.test')}
            </Button>
          )}
          <Button size="small" icon={<Icon name="trail" size={14} />} onClick={() => onCalls(trunk.id)}>
            {t('tel.trunks.calls')}
          </Button>
          {writes && (
            <span className="line-end">
              <Confirm title={t('admin.common.reallyRemove', { name })} hint={t('tel.trunks.removeHint')} verb={t('admin.common.remove')} disabled={busy} testId="trunk-remove" onConfirm={() => void remove()} />
            </span>
          )}
        </div>
      )}
      <TrunkFields
        draft={draft}
        passwords={passwords}
        kept={kept}
        wrong={shown}
        isNew={trunk === null}
        disabled={!writes}
        onChange={change}
        onPasswords={(part) => {
          setPasswords({ ...passwords, ...part })
          setSaved(false)
        }}
        onLeave={(field) => setLeft(new Set([...left, field]))}
      />
      {testing && trunk && <TestCall trunk={trunk} onClose={() => setTesting(false)} onCalls={() => onCalls(trunk.id)} />}
    </Sheet>
  )
}

/** How it stands at this moment; what is wrong comes with what to do. */
function Life({ trunk, live }: { trunk: Trunk; live: TrunkDocument | undefined }) {
  const { t, i18n } = useTranslation()
  const state = trunk.active ? (live?.state ?? 'unknown') : 'inactive'
  const look = trunkLook[state]
  const repair = live?.error && repairOf(live.error.code)
  const when = (at: string) => dayTime(at, serverNow(), i18n.language)
  return (
    <div className="trunk-life" data-testid="trunk-life">
      <p>
        <Chip tone={look.tone} icon={look.icon}>
          {t(`tel.trunks.life.${state}`)}
        </Chip>
        {live && <span className="muted">{t('tel.trunks.since', { at: when(live.since) })}</span>}
        {live?.registered_until && <span className="muted">{t('tel.trunks.registeredUntil', { at: when(live.registered_until) })}</span>}
      </p>
      {live?.error && (
        <div className="trunk-trouble" data-testid="trunk-error">
          <ErrorLine problem={live.error}>
            {t(`tel.trunks.trouble.${live.error.code}`, { defaultValue: live.error.text })}
          </ErrorLine>
          <p className="field-hint">
            {repair && t(repair)} <span title={t('tel.trunks.said')}>{live.error.text}</span>
          </p>
        </div>
      )}
      <dl className="call-facts">
        <div>
          <dt>{t('tel.trunks.channels')}</dt>
          <dd>{channelsOf(live, trunk.max_channels_total)}</dd>
        </div>
        <div>
          <dt>{t('tel.trunks.inOut')}</dt>
          <dd>{live ? `${live.channels.in} / ${live.channels.out}` : '–'}</dd>
        </div>
        <div>
          <dt>{t('tel.trunks.today')}</dt>
          <dd>{live ? `${live.answered_today} / ${live.calls_today}` : '–'}</dd>
        </div>
        <div>
          <dt>{t('tel.trunks.asr')}</dt>
          <dd>{percent(live?.asr)}</dd>
        </div>
        <div>
          <dt>OPTIONS</dt>
          <dd>{live?.last_options_ms == null ? '–' : `${live.last_options_ms} ms`}</dd>
        </div>
        <div>
          <dt>{t('tel.trunks.cps')}</dt>
          <dd>{live ? live.cps : '–'}</dd>
        </div>
      </dl>
    </div>
  )
}
