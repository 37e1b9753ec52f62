import { Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'

import { switchTenant } from '@/features/session/session'
import type { Person } from '@/shared/api/types'
import { problemText } from '@/shared/i18n'
import { Icon } from '@/shared/ui/Icon'
import { toast } from '@/shared/ui/toasts'

type Translate = (key: string, options?: Record<string, unknown>) => string

export async function actAt(person: Person, tenantId: string, t: Translate): Promise<void> {
  if (tenantId === person.tenant.id) return
  try {
    await switchTenant(tenantId)
    toast(t('session.switched', { name: person.tenants.find(({ id }) => id === tenantId)?.name ?? '' }), 'ok')
  } catch (error) {
    toast(t('session.notSwitched', { why: problemText(error, t) }))
  }
}

/** In whose name one works; a menu for those who serve several. */
export function TenantSwitch({ person, className = '' }: { person: Person; className?: string }) {
  const { t } = useTranslation()
  const { tenant, tenants } = person
  if (tenants.length < 2) {
    return (
      <span className={`tenant ${className}`} title={t('session.actingAt', { name: tenant.name })}>
        <Icon name="building" size={14} />
        <span className="ellipsis">{tenant.name}</span>
      </span>
    )
  }
  return (
    <Dropdown
      trigger={['click']}
      autoFocus
      menu={{
        selectedKeys: [tenant.id],
        items: tenants.map(({ id, name }) => ({
          key: id,
          label: (
            <span className="menu-line menu-seat">
              <span>{name}</span>
              {id === tenant.id && <Icon name="check" className="text-accent" />}
            </span>
          ),
        })),
        onClick: ({ key }) => void actAt(person, key, t),
      }}
    >
      <button type="button" className={`tenant tenant-button ${className}`} aria-label={`${t('session.switchTenant')} ${tenant.name}`} data-testid="tenant-switch">
        <Icon name="building" size={14} />
        <span className="ellipsis">{tenant.name}</span>
        <Icon name="chevronDown" size={14} />
      </button>
    </Dropdown>
  )
}
