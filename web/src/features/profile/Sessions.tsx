import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { OpenSession } from '@/shared/api/identity'
import { useAction, useAll } from '@/shared/api/lists'
import { serverNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { Confirm } from '@/shared/ui/Confirm'
import { Chip, ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { deviceOf } from './device'

/** 登录的设备: where one is signed in; what one does not know is ended here. */
export function Sessions() {
  const { t, i18n } = useTranslation()
  const { query, rows } = useAll<OpenSession>('/session/list')
  const { busy, problem, run } = useAction('/session/list')
  const patience = usePatience(query.isPending)
  const now = serverNow()
  const when = (at: string | null) => (at ? dayTime(at, now, i18n.language) : '')
  return (
    <Section icon="keyboard" title={t('admin.profile.sessions')} count={rows.length || undefined} extra={<span className="line-minor">{t('admin.profile.sessionsHint')}</span>}>
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && patience !== 'none' && <Skeleton />}
      {rows.length > 0 && (
        <table className="plain" data-testid="sessions">
          <thead>
            <tr>
              <th scope="col">{t('admin.profile.device')}</th>
              <th scope="col">{t('admin.profile.source')}</th>
              <th scope="col" className="right">
                {t('admin.profile.signedIn')}
              </th>
              <th scope="col" className="right">
                {t('admin.profile.lastSeen')}
              </th>
              <th scope="col">
                <span className="unseen">{t('admin.profile.revoke')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((session) => (
              <tr key={session.id}>
                <td title={session.user_agent ?? undefined}>
                  {deviceOf(session.user_agent) ?? t('admin.profile.otherDevice')}{' '}
                  {session.current && (
                    <Chip tone="accent" icon="check">
                      {t('admin.profile.current')}
                    </Chip>
                  )}
                </td>
                <td>{session.source}</td>
                <td className="right">{when(session.created_at)}</td>
                <td className="right">{when(session.last_seen_at)}</td>
                <td className="right">
                  {!session.current && (
                    <Confirm
                      title={t('admin.profile.revokeOf', { device: deviceOf(session.user_agent) ?? t('admin.profile.otherDevice') })}
                      verb={t('admin.profile.revoke')}
                      disabled={busy}
                      onConfirm={() => void run(() => api.delete(`/session/list/${session.id}`))}
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {problem !== null && <ErrorLine problem={problem} />}
    </Section>
  )
}
