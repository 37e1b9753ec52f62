import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { DirectoryRef } from '@/shared/api/identity'
import { Icon } from '@/shared/ui/Icon'
import { rememberPlace } from './returning'

/** Other ways in: directories the centre trusts (OIDC). The browser goes there and comes back with a ticket. */
export function Directories() {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['directories'],
    queryFn: ({ signal }) => api.get<{ items: DirectoryRef[] }>('/session/oidc', undefined, signal),
    staleTime: Infinity,
  })
  const directories = query.data?.items ?? []
  if (directories.length === 0) return null
  return (
    <div className="signin-directories">
      {directories.map((directory) => (
        <Button
          key={directory.code}
          block
          size="large"
          icon={<Icon name="login" />}
          data-testid={`signin-${directory.code}`}
          onClick={() => {
            rememberPlace()
            location.assign(`/api/v1/session/oidc/${encodeURIComponent(directory.code)}/start`)
          }}
        >
          {t('session.with', { name: directory.name })}
        </Button>
      ))}
    </div>
  )
}
