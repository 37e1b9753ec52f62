import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '../api/types'
import { useMe } from './may'
import { Chip } from './parts'

/** In whose name to answer: shown to those who serve several tenants, and whenever it is not the session's own. */
export function TenantMark({ contact }: { contact: Pick<InteractionDocument, 'tenant'> }) {
  const { t } = useTranslation()
  const { tenants, tenant } = useMe()
  if (tenants.length < 2 && contact.tenant.id === tenant.id) return null
  return (
    <Chip tone="accent" icon="building" title={t('session.inTheNameOf', { name: contact.tenant.name })}>
      <span data-testid="tenant-mark">{contact.tenant.name}</span>
    </Chip>
  )
}
