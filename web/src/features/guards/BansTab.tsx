import { Button, Input, InputNumber, Modal } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction, usePages } from '@/shared/api/lists'
import type { Ban } from '@/shared/api/telephony'
import { useNow } from '@/shared/time/clock'
import { dayTime, length, secondsLeft } from '@/shared/time/format'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { Chip, ErrorLine } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { addressFits } from './rules'

/** Addresses that get no answer for a time. Letting one go can be taken back by banning it again. */
export function BansTab({ head, writes }: { head: ReactNode; writes: boolean }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { query, rows } = usePages<Ban>('/sip/bans')
  const { busy, problem, run } = useAction('/sip/bans')
  const [adding, setAdding] = useState(false)
  const release = async (ban: Ban) => {
    const minutes = Math.max(1, Math.ceil(secondsLeft(ban.ends_at, now) / 60))
    const { ok } = await run(() => api.delete(`/sip/bans/${encodeURIComponent(ban.address)}`))
    if (ok) toast(t('tel.guards.released', { address: ban.address }), 'ok', { label: t('admin.people.undo'), act: () => void run(() => api.post('/sip/bans', { address: ban.address, minutes, reason: ban.note || undefined })) })
  }
  const columns: Column<Ban>[] = [
    { id: 'address', title: t('tel.guards.address'), track: 'minmax(130px, 1fr)', render: (ban) => <b title={ban.address}>{ban.address}</b> },
    {
      id: 'reason',
      title: t('tel.guards.reason'),
      track: 'minmax(120px, 1fr)',
      render: (ban) => (
        <Chip tone={ban.reason === 'manual' ? 'neutral' : 'red'} icon={ban.reason === 'manual' ? 'person' : 'shield'}>
          {t(`tel.guards.reasons.${ban.reason}`, { defaultValue: ban.reason })}
        </Chip>
      ),
    },
    { id: 'note', title: t('tel.guards.note'), track: 'minmax(100px, 1.4fr)', render: (ban) => <span title={ban.note}>{ban.note}</span> },
    { id: 'since', title: t('tel.guards.since'), track: '112px', render: (ban) => <span className="muted">{dayTime(ban.since, now, i18n.language)}</span> },
    { id: 'left', title: t('tel.guards.left'), track: '88px', right: true, render: (ban) => length(secondsLeft(ban.ends_at, now)) },
    { id: 'hits', title: t('tel.guards.hits'), track: '88px', right: true, render: (ban) => ban.hits.toLocaleString(i18n.language) },
    ...(writes
      ? [
          {
            id: 'do',
            title: '',
            track: '72px',
            right: true,
            render: (ban: Ban) => (
              <Button size="small" disabled={busy} data-testid={`release-${ban.address}`} aria-label={`${t('tel.guards.release')} ${ban.address}`} onClick={() => void release(ban)}>
                {t('tel.guards.release')}
              </Button>
            ),
          } satisfies Column<Ban>,
        ]
      : []),
  ]
  return (
    <div className="admin-main" data-region="work">
      <header className="admin-head">
        {head}
        <span className="admin-end">
          <Button loading={query.isRefetching && !query.isFetchingNextPage} onClick={() => void query.refetch()}>
            {t('list.refresh')}
          </Button>
          {writes && (
            <Button icon={<Icon name="plus" />} data-testid="ban-new" onClick={() => setAdding(true)}>
              {t('tel.guards.ban')}
            </Button>
          )}
        </span>
      </header>
      {problem !== null && (
        <div className="admin-hint">
          <ErrorLine problem={problem} />
        </div>
      )}
      <DataTable label={t('tel.guards.tab.bans')} columns={columns} rows={rows} rowId={(ban) => ban.address} source={query} empty={t('tel.guards.noBans')} testId="bans" />
      {adding && <NewBan onClose={() => setAdding(false)} />}
    </div>
  )
}

function NewBan({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [address, setAddress] = useState('')
  const [minutes, setMinutes] = useState<number | null>(60)
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const { busy, problem, run } = useAction('/sip/bans')
  const wrong = !addressFits(address)
  const save = async () => {
    setTried(true)
    if (wrong || !minutes || busy) return
    const { ok } = await run(() => api.post('/sip/bans', { address: address.trim(), minutes, reason: reason.trim() }))
    if (ok) onClose()
  }
  return (
    <Modal open title={t('tel.guards.ban')} width={440} onCancel={onClose} okText={t('tel.guards.ban')} cancelText={t('admin.common.cancel')} okButtonProps={{ danger: true }} confirmLoading={busy} onOk={() => void save()}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Field id="ban-address" label={t('tel.guards.address')} required error={tried && wrong ? 'tel.wrong.address' : undefined}>
          <Input id="ban-address" autoFocus value={address} maxLength={45} spellCheck={false} autoComplete="off" status={tried && wrong ? 'error' : undefined} data-testid="ban-address" onChange={({ target }) => setAddress(target.value)} />
        </Field>
        <Field id="ban-minutes" label={t('tel.guards.minutes')} error={tried && !minutes ? 'tel.wrong.minutes' : undefined}>
          <InputNumber id="ban-minutes" min={1} max={525_600} precision={0} value={minutes} suffix={t('tel.guards.minute')} onChange={(value) => setMinutes(value === null ? null : Number(value))} />
        </Field>
        <Field id="ban-reason" label={t('tel.guards.note')}>
          <Input id="ban-reason" value={reason} maxLength={200} onChange={({ target }) => setReason(target.value)} />
        </Field>
        {problem !== null && <ErrorLine problem={problem} />}
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
