import { Button, Input, Modal, Segmented, Switch } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction, useAll } from '@/shared/api/lists'
import type { AccessRule } from '@/shared/api/telephony'
import { Confirm } from '@/shared/ui/Confirm'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { Chip, ErrorLine } from '@/shared/ui/parts'
import { networkFits } from './rules'

/** Networks that may, or may not, speak SIP to us at all. */
export function AccessTab({ head, writes }: { head: ReactNode; writes: boolean }) {
  const { t } = useTranslation()
  const { query, rows } = useAll<AccessRule>('/sip/access-rules')
  const [editing, setEditing] = useState<AccessRule | 'new' | null>(null)
  const columns: Column<AccessRule>[] = [
    { id: 'network', title: t('tel.guards.network'), track: 'minmax(150px, 1fr)', render: (rule) => <b>{rule.network}</b> },
    {
      id: 'action',
      title: t('tel.guards.action'),
      track: '112px',
      render: (rule) => (
        <Chip tone={rule.action === 'allow' ? 'ok' : 'red'} icon={rule.action === 'allow' ? 'checkCircle' : 'stop'}>
          {t(`tel.guards.actions.${rule.action}`)}
        </Chip>
      ),
    },
    { id: 'note', title: t('tel.guards.note'), track: 'minmax(120px, 2fr)', render: (rule) => <span title={rule.note}>{rule.note}</span> },
    { id: 'active', title: t('tel.guards.state'), track: '80px', render: (rule) => <span className="muted">{t(rule.active ? 'admin.people.active' : 'admin.people.inactive')}</span> },
  ]
  return (
    <div className="admin-main" data-region="work">
      <header className="admin-head">
        {head}
        {writes && (
          <span className="admin-end">
            <Button icon={<Icon name="plus" />} data-testid="access-new" onClick={() => setEditing('new')}>
              {t('tel.guards.addAccess')}
            </Button>
          </span>
        )}
      </header>
      <p className="admin-hint">{t('tel.guards.accessHint')}</p>
      <DataTable label={t('tel.guards.tab.access')} columns={columns} rows={rows} rowId={(rule) => rule.id} source={query} dimmed={(rule) => !rule.active} onOpen={writes ? setEditing : undefined} empty={t('tel.guards.noAccess')} testId="access" />
      {editing && <AccessDialog rule={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </div>
  )
}

function AccessDialog({ rule, onClose }: { rule: AccessRule | null; onClose: () => void }) {
  const { t } = useTranslation()
  const [network, setNetwork] = useState(rule?.network ?? '')
  const [action, setAction] = useState<AccessRule['action']>(rule?.action ?? 'deny')
  const [note, setNote] = useState(rule?.note ?? '')
  const [active, setActive] = useState(rule?.active ?? true)
  const [tried, setTried] = useState(false)
  const { busy, problem, run } = useAction('/sip/access-rules', '/sip/bans')
  const wrong = !networkFits(network)
  const done = async (request: () => Promise<unknown>) => {
    const { ok } = await run(request)
    if (ok) onClose()
  }
  const save = () => {
    setTried(true)
    if (wrong || busy) return
    const body = { network: network.trim(), action, note: note.trim(), active }
    void done(() => (rule ? api.patch(`/sip/access-rules/${rule.id}`, { version: rule.version, ...body }) : api.post('/sip/access-rules', body)))
  }
  return (
    <Modal
      open
      title={rule ? rule.network : t('tel.guards.addAccess')}
      width={480}
      onCancel={onClose}
      footer={
        <div className="dialog-foot">
          {rule && <Confirm title={t('admin.common.reallyRemove', { name: rule.network })} hint={t('tel.guards.removeHint')} verb={t('admin.common.remove')} disabled={busy} testId="access-remove" onConfirm={() => void done(() => api.delete(`/sip/access-rules/${rule.id}`))} />}
          <span className="foot-end">
            <Button onClick={onClose}>{t('admin.common.cancel')}</Button>
            <Button type="primary" loading={busy} data-testid="access-save" onClick={save}>
              {t('admin.common.save')}
            </Button>
          </span>
        </div>
      }
    >
      <form
        className="form tel-form"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <Field id="access-network" label={t('tel.guards.network')} required error={tried && wrong ? 'tel.wrong.address' : undefined} hint={t('tel.guards.networkHint')}>
          <Input id="access-network" autoFocus value={network} maxLength={50} spellCheck={false} autoComplete="off" status={tried && wrong ? 'error' : undefined} data-testid="access-network" onChange={({ target }) => setNetwork(target.value)} />
        </Field>
        <Field label={t('tel.guards.action')} hint={t(`tel.guards.actionHint.${action}`)}>
          <Segmented value={action} aria-label={t('tel.guards.action')} options={(['deny', 'allow'] as const).map((value) => ({ value, label: t(`tel.guards.actions.${value}`) }))} onChange={setAction} />
        </Field>
        <Field id="access-note" label={t('tel.guards.note')}>
          <Input id="access-note" value={note} maxLength={200} onChange={({ target }) => setNote(target.value)} />
        </Field>
        <Field label={t('tel.routes.active')}>
          <Switch checked={active} aria-label={t('tel.routes.active')} onChange={setActive} />
        </Field>
        {problem !== null && <ErrorLine problem={problem} />}
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
