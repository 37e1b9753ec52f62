import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Tenant } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { useAction, useAll } from '@/shared/api/lists'
import { serverNow } from '@/shared/time/clock'
import { day } from '@/shared/time/format'
import { Confirm } from '@/shared/ui/Confirm'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip, ErrorLine } from '@/shared/ui/parts'
import { ThingDialog } from '@/shared/ui/ThingDialog'

/** 租户: those the operator works for; only at the operator's own tenant. */
export function TenantsPage() {
  const { t, i18n } = useTranslation()
  const may = useMay()
  const writes = may('tenants.write')
  const tenants = useAll<Tenant>('/tenants')
  const [open, setOpen] = useState<Tenant | 'new' | null>(null)
  const { busy, problem, run } = useAction('/tenants')
  const tenant = open === 'new' ? null : open
  const now = serverNow()
  const columns: Column<Tenant>[] = [
    {
      id: 'name',
      title: t('admin.common.name'),
      track: 'minmax(160px, 1fr)',
      render: (row) => (
        <span className="name-marks">
          <b className="ellipsis" title={row.name}>
            {row.name}
          </b>
          {row.is_operator && (
            <Chip tone="accent" icon="headset">
              {t('admin.tenants.operator')}
            </Chip>
          )}
        </span>
      ),
    },
    { id: 'code', title: t('admin.common.code'), track: '140px', render: (row) => <span className="muted">{row.code}</span> },
    {
      id: 'state',
      title: t('admin.tenants.state'),
      track: '96px',
      render: (row) =>
        row.active ? (
          <Chip tone="ok" icon="check">
            {t('admin.tenants.active')}
          </Chip>
        ) : (
          <Chip icon="minusCircle">{t('admin.tenants.inactive')}</Chip>
        ),
    },
    { id: 'people', title: t('admin.tenants.people'), track: '64px', right: true, render: (row) => row.people },
    { id: 'created', title: t('admin.tenants.created'), track: '104px', right: true, render: (row) => day(row.created_at, now, i18n.language) },
    {
      id: 'do',
      title: <span className="unseen">{t('admin.common.more')}</span>,
      track: '110px',
      right: true,
      render: (row) =>
        writes &&
        !row.is_operator && (
          // The row itself opens; this does not.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
          <span onClick={(event) => event.stopPropagation()}>
            {row.active ? (
              <Confirm
                title={t('admin.tenants.off', { name: row.name })}
                hint={t('admin.tenants.offHint')}
                verb={t('admin.tenants.deactivate')}
                disabled={busy}
                onConfirm={() => void run(() => api.patch(`/tenants/${row.id}`, { active: false }))}
              />
            ) : (
              <Button size="small" disabled={busy} onClick={() => void run(() => api.patch(`/tenants/${row.id}`, { active: true }))}>
                {t('admin.tenants.activate')}
              </Button>
            )}
          </span>
        ),
    },
  ]
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">
            {t('admin.tenants.title')}
            <small>{t('admin.tenants.hint')}</small>
          </h1>
          {writes && (
            <span className="admin-end">
              <Button icon={<Icon name="plus" />} data-testid="tenant-new" onClick={() => setOpen('new')}>
                {t('admin.tenants.add')}
              </Button>
            </span>
          )}
        </header>
        {problem !== null && (
          <div className="admin-hint">
            <ErrorLine problem={problem} />
          </div>
        )}
        <DataTable
          label={t('admin.tenants.title')}
          columns={columns}
          rows={tenants.rows}
          rowId={(row) => row.id}
          source={tenants.query}
          onOpen={writes ? setOpen : undefined}
          dimmed={(row) => !row.active}
          empty={t('admin.tenants.empty')}
          testId="tenants"
        />
      </div>
      {open && (
        <ThingDialog
          title={tenant ? tenant.name : t('admin.tenants.add')}
          thing={tenant}
          fixedCode
          renew={['/tenants']}
          testId="tenant"
          onClose={() => setOpen(null)}
          save={({ code, name }) => (tenant ? api.patch(`/tenants/${tenant.id}`, { name }) : api.post('/tenants', { code, name }))}
        />
      )}
    </div>
  )
}
