import { Button, Checkbox } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Permission, Role } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { useAction, useAll } from '@/shared/api/lists'
import { codeText } from '@/shared/i18n'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip, Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { grouped, permissionKey, toggled, without, type Ticks } from './matrix'
import { RoleDialog } from './RoleDialog'

/** 角色: what each of them allows, in one table; built-in ones can only be read. */
export function RolesPage() {
  const { t, i18n } = useTranslation()
  const may = useMay()
  const writes = may('roles.write')
  const roles = useAll<Role>('/roles')
  const permissions = useAll<Permission>('/permissions')
  const groups = useMemo(() => grouped(permissions.rows), [permissions.rows])
  const [ticks, setTicks] = useState<Ticks>({})
  const [dialog, setDialog] = useState<Role | 'new' | null>(null)
  const { busy, problem, run } = useAction('/roles', '/people')
  const pending = roles.query.isPending || permissions.query.isPending
  const patience = usePatience(pending)
  const failed = roles.query.error ?? permissions.query.error
  const nameOf = (role: Role) => (i18n.language === 'en' && role.name_en) || role.name

  const save = async (role: Role) => {
    const result = await run(() => api.put(`/roles/${role.code}`, { name: role.name, name_en: role.name_en, permissions: ticks[role.code] }))
    if (result.ok) setTicks((now) => without(now, role.code))
  }
  const dirty = roles.rows.filter(({ code }) => ticks[code])

  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">
            {t('admin.roles.title')}
            <small>{t('admin.roles.hint')}</small>
          </h1>
          {writes && (
            <span className="admin-end">
              <Button type="primary" icon={<Icon name="plus" />} data-testid="role-new" onClick={() => setDialog('new')}>
                {t('admin.roles.add')}
              </Button>
            </span>
          )}
        </header>
        <div className="matrix-box" role="region" aria-label={t('admin.roles.title')} tabIndex={0}>
          {failed !== null && <ErrorLine problem={failed} onRetry={() => void Promise.all([roles.query.refetch(), permissions.query.refetch()])} />}
          {pending && patience !== 'none' && <Skeleton rows={10} />}
          {!pending && groups.length === 0 && failed === null && <Empty>{t('admin.roles.empty')}</Empty>}
          {!pending && groups.length > 0 && (
            <table className="matrix" data-testid="roles">
              <thead>
                <tr>
                  <th scope="col" className="matrix-what">
                    {t('admin.roles.permission')}
                  </th>
                  {roles.rows.map((role) => (
                    <th key={role.code} scope="col" data-testid={`role-${role.code}`}>
                      <span className="matrix-role">
                        <b className="clamp" title={nameOf(role)}>
                          {nameOf(role)}
                        </b>
                        <span className="line-minor">{t('admin.roles.inUse', { count: role.people })}</span>
                        {role.builtin ? (
                          <Chip icon="lock">{t('admin.roles.builtin')}</Chip>
                        ) : (
                          writes && (
                            <button type="button" className="link" onClick={() => setDialog(role)}>
                              {t('admin.common.edit')}
                            </button>
                          )
                        )}
                      </span>
                    </th>
                  ))}
                  <th className="matrix-rest" aria-hidden="true" />
                </tr>
              </thead>
              {groups.map(({ group, codes }) => (
                <tbody key={group}>
                  <tr className="matrix-group">
                    <th scope="rowgroup" colSpan={roles.rows.length + 2}>
                      {codeText(t, 'admin.permissionGroup', group)}
                    </th>
                  </tr>
                  {codes.map((code) => (
                    <tr key={code}>
                      <th scope="row" title={code}>
                        {t(`admin.permission.${permissionKey(code)}`, { defaultValue: code })}
                      </th>
                      {roles.rows.map((role) => {
                        const held = (ticks[role.code] ?? role.permissions).includes(code)
                        const changed = held !== role.permissions.includes(code)
                        return (
                          <td key={role.code} className={changed ? 'matrix-changed' : undefined}>
                            {role.builtin || !writes ? (
                              held ? (
                                <span className="matrix-has">
                                  <Icon name="check" />
                                  <span className="unseen">{t('admin.roles.grants')}</span>
                                </span>
                              ) : (
                                <span className="unseen">{t('admin.roles.lacks')}</span>
                              )
                            ) : (
                              <Checkbox
                                checked={held}
                                disabled={busy}
                                aria-label={`${nameOf(role)} ${t(`admin.permission.${permissionKey(code)}`, { defaultValue: code })}`}
                                data-testid={`tick-${role.code}-${code}`}
                                onChange={() => setTicks((now) => toggled(now, role, code))}
                              />
                            )}
                          </td>
                        )
                      })}
                      <td className="matrix-rest" />
                    </tr>
                  ))}
                </tbody>
              ))}
            </table>
          )}
        </div>
        {(dirty.length > 0 || problem !== null) && (
          <footer className="sheet-foot" data-testid="roles-foot">
            {problem !== null ? <ErrorLine problem={problem} /> : <span className="muted">{t('admin.common.unsaved')}</span>}
            <span className="foot-end">
              {dirty.length > 0 && (
                <Button disabled={busy} onClick={() => setTicks({})}>
                  {t('admin.common.discard')}
                </Button>
              )}
              {dirty.map((role) => (
                <Button key={role.code} type="primary" loading={busy} data-testid={`role-save-${role.code}`} onClick={() => void save(role)}>
                  {t('admin.roles.saveOf', { name: nameOf(role) })}
                </Button>
              ))}
            </span>
          </footer>
        )}
      </div>
      {dialog && (
        <RoleDialog
          key={dialog === 'new' ? 'new' : dialog.code}
          role={dialog === 'new' ? null : dialog}
          roles={roles.rows}
          onClose={() => setDialog(null)}
        />
      )}
    </div>
  )
}
