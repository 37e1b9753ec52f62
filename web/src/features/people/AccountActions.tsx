import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { PersonDetail } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import { Confirm } from '@/shared/ui/Confirm'
import { useMe } from '@/shared/ui/may'
import { ErrorLine, Section } from '@/shared/ui/parts'
import { Secrets, type Secret } from '@/shared/ui/Secrets'

interface Doing {
  name: 'unlock' | 'password' | 'phone' | 'sessions' | 'totp' | 'deactivate' | 'activate'
  act: () => Promise<unknown>
  danger?: boolean
}

/** What an administrator does to somebody's account; each asks first and counts at once. */
export function AccountActions({ person }: { person: PersonDetail }) {
  const { t } = useTranslation()
  const me = useMe()
  const { busy, problem, run } = useAction('/people')
  const [done, setDone] = useState<string | null>(null)
  const [secrets, setSecrets] = useState<Secret[] | null>(null)
  const base = `/people/${person.id}`
  const self = me.id === person.id

  const doings: Doing[] = [
    ...(person.locked ? [{ name: 'unlock', act: () => api.post(`${base}/unlock`) } satisfies Doing] : []),
    {
      name: 'password',
      act: async () => {
        const { initial_password: password } = await api.post<{ initial_password: string }>(`${base}/password`)
        setSecrets([
          { label: t('admin.secret.username'), value: person.username },
          { label: t('admin.secret.initial'), value: password },
        ])
      },
    },
    ...(person.number
      ? [
          {
            name: 'phone',
            act: async () => {
              const { user, password } = await api.post<{ user: string; password: string }>(`${base}/phone`)
              setSecrets([
                { label: t('admin.secret.phoneUser'), value: user },
                { label: t('admin.secret.phone'), value: password },
              ])
            },
          } satisfies Doing,
        ]
      : []),
    { name: 'sessions', act: () => api.delete(`${base}/sessions`) },
    ...(person.totp ? [{ name: 'totp', act: () => api.delete(`${base}/totp`) } satisfies Doing] : []),
    person.active
      ? { name: 'deactivate', act: () => api.patch(base, { version: person.version, active: false }), danger: true }
      : { name: 'activate', act: () => api.patch(base, { version: person.version, active: true }) },
  ]
  const words: Partial<Record<Doing['name'], string>> = { unlock: 'unlocked', sessions: 'revoked', totp: 'totpOff', deactivate: 'deactivated', activate: 'activated' }

  const start = async (doing: Doing) => {
    setDone(null)
    const result = await run(doing.act)
    const word = words[doing.name]
    if (result.ok && word) setDone(t(`admin.people.${word}`, { name: person.name }))
  }

  return (
    <Section icon="key" title={t('admin.people.account')} extra={self && <span className="line-minor">{t('admin.people.self')}</span>}>
      <div className="lines">
        {doings.map((doing) => (
          <div key={doing.name} className="line">
            <span className="line-name line-minor">{t(`admin.people.${doing.name}Hint`)}</span>
            <Confirm
              title={`${t(`admin.people.${doing.name}`)} ${person.name}`}
              hint={t(`admin.people.${doing.name}Hint`)}
              verb={t(`admin.people.${doing.name}`)}
              danger={doing.danger ?? false}
              disabled={busy || (self && doing.name === 'deactivate')}
              testId={`person-${doing.name}`}
              onConfirm={() => void start(doing)}
            />
          </div>
        ))}
      </div>
      <div role="status">{done && <p className="saved line">{done}</p>}</div>
      {problem !== null && <ErrorLine problem={problem} />}
      {secrets && <Secrets title={t('admin.secret.title')} secrets={secrets} note={person.name} onDone={() => setSecrets(null)} />}
    </Section>
  )
}
