import { Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { GivenGrant, ScopeKind } from '@/shared/api/admin'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine } from '@/shared/ui/parts'
import type { Reference } from './reference'
import { roleName, sitePaths } from './words'

interface Props {
  grants: readonly GivenGrant[]
  onChange: (grants: GivenGrant[]) => void
  wrong?: string
  reference: Pick<Reference, 'roles' | 'sites' | 'groups'>
  disabled: boolean
}

const kinds: ScopeKind[] = ['tenant', 'site', 'group', 'own']

/** Which roles, and over whose things each of them counts. */
export function GrantsEditor({ grants, onChange, wrong, reference, disabled }: Props) {
  const { t, i18n } = useTranslation()
  const { roles, sites, groups } = reference
  const replace = (place: number, grant: GivenGrant) => onChange(grants.map((one, at) => (at === place ? grant : one)))
  const free = roles.filter(({ code }) => !grants.some(({ role }) => role === code))
  return (
    <div className="lines">
      {grants.length === 0 && <Empty>{t('admin.people.noGrants')}</Empty>}
      {grants.map((grant, place) => {
        const role = roles.find(({ code }) => code === grant.role)
        const name = roleName(role, grant.role, i18n.language)
        const { kind, ids } = grant.scope
        const picked = kind === 'site' ? sitePaths(sites) : groups.map(({ id, name: label }) => ({ value: id, label }))
        return (
          <div key={grant.role} className="line grant" data-testid="grant">
            <span className="line-name ellipsis" title={name}>
              {name}
            </span>
            <Select<ScopeKind>
              className="grant-kind"
              size="small"
              value={kind}
              disabled={disabled}
              aria-label={`${name} ${t('admin.scope.label')}`}
              options={kinds.map((value) => ({ value, label: t(`admin.scope.${value}`) }))}
              onChange={(value) => replace(place, { ...grant, scope: { kind: value, ids: [] } })}
            />
            <button
              type="button"
              className="icon-button"
              aria-label={`${t('admin.common.remove')} ${name}`}
              title={t('admin.common.remove')}
              disabled={disabled}
              onClick={() => onChange(grants.filter((one) => one !== grant))}
            >
              <Icon name="close" />
            </button>
            {(kind === 'site' || kind === 'group') && (
              <Select
                mode="multiple"
                size="small"
                className="grant-places"
                value={ids}
                disabled={disabled}
                showSearch={{ optionFilterProp: 'label' }}
                placeholder={t(kind === 'site' ? 'admin.scope.pickSites' : 'admin.scope.pickGroups')}
                aria-label={`${name} ${t(`admin.scope.${kind}`)}`}
                options={picked}
                onChange={(chosen: string[]) => replace(place, { ...grant, scope: { kind, ids: chosen } })}
              />
            )}
          </div>
        )
      })}
      {wrong && <ErrorLine>{t(wrong)}</ErrorLine>}
      {!disabled && free.length > 0 && (
        <div className="line-add">
          <Select
            className="add-select"
            size="small"
            value={null}
            placeholder={t('admin.people.addGrant')}
            aria-label={t('admin.people.addGrant')}
            data-testid="grant-add"
            options={free.map((role) => ({ value: role.code, label: roleName(role, role.code, i18n.language) }))}
            onChange={(role: string | null) => role && onChange([...grants, { role, scope: { kind: 'tenant', ids: [] } }])}
          />
        </div>
      )}
    </div>
  )
}
