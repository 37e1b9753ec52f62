import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { ApiToken } from '@/shared/api/identity'
import { useAction, useAll } from '@/shared/api/lists'
import { serverNow } from '@/shared/time/clock'
import { day, dayTime } from '@/shared/time/format'
import { Confirm } from '@/shared/ui/Confirm'
import { Icon } from '@/shared/ui/Icon'
import { Chip, Empty, ErrorLine, Section } from '@/shared/ui/parts'
import { Secrets } from '@/shared/ui/Secrets'
import { TokenDialog } from './TokenDialog'

/** 接口令牌: what other systems sign in with. */
export function Tokens({ permissions }: { permissions: readonly string[] }) {
  const { t, i18n } = useTranslation()
  const { query, rows } = useAll<ApiToken>('/tokens')
  const { busy, problem, run } = useAction('/tokens')
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<{ name: string; token: string } | null>(null)
  const now = serverNow()
  return (
    <Section
      icon="key"
      title={t('admin.profile.tokens')}
      count={rows.length || undefined}
      extra={
        <button type="button" className="link" data-testid="token-new" onClick={() => setAdding(true)}>
          <Icon name="plus" size={14} /> {t('admin.profile.addToken')}
        </button>
      }
    >
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && rows.length === 0 && <Empty>{t('admin.profile.noTokens')}</Empty>}
      {rows.length > 0 && (
        <table className="plain" data-testid="tokens">
          <thead>
            <tr>
              <th scope="col">{t('admin.profile.tokenName')}</th>
              <th scope="col" className="plain-wide">
                {t('admin.profile.tokenPermissions')}
              </th>
              <th scope="col">{t('admin.profile.createdBy')}</th>
              <th scope="col" className="right">
                {t('admin.profile.lastUsed')}
              </th>
              <th scope="col" className="right">
                {t('admin.profile.expires')}
              </th>
              <th scope="col">
                <span className="unseen">{t('admin.profile.revokeToken')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((token) => {
              const words = token.permissions.map((code) => t(`admin.permission.${code.replaceAll('.', '_')}`, { defaultValue: code })).join(t('admin.common.and'))
              const over = token.expires_at !== null && Date.parse(token.expires_at) <= now
              return (
                <tr key={token.id}>
                  <th scope="row">{token.name}</th>
                  <td className="plain-wide" title={words}>
                    {words}
                  </td>
                  <td>{token.created_by.name}</td>
                  <td className="right">{token.last_used_at ? dayTime(token.last_used_at, now, i18n.language) : t('admin.profile.neverUsed')}</td>
                  <td className="right">
                    {over ? <Chip tone="amber" icon="clock">{t('admin.profile.expired')}</Chip> : token.expires_at ? day(token.expires_at, now, i18n.language) : t('admin.profile.never')}
                  </td>
                  <td className="right">
                    <Confirm
                      title={`${t('admin.profile.revokeToken')} ${token.name}`}
                      hint={t('admin.profile.revokeTokenHint')}
                      verb={t('admin.profile.revokeToken')}
                      disabled={busy}
                      onConfirm={() => void run(() => api.delete(`/tokens/${token.id}`))}
                    />
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {problem !== null && <ErrorLine problem={problem} />}
      {adding && (
        <TokenDialog
          permissions={permissions}
          onClose={() => setAdding(false)}
          onMade={(token) => {
            setAdding(false)
            setMade(token)
          }}
        />
      )}
      {made && <Secrets title={made.name} secrets={[{ label: t('admin.secret.token'), value: made.token }]} note={t('admin.profile.tokensHint')} onDone={() => setMade(null)} />}
    </Section>
  )
}
