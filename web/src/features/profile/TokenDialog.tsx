import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { MadeToken } from '@/shared/api/identity'
import { useAction } from '@/shared/api/lists'
import { serverNow } from '@/shared/time/clock'
import { Field } from '@/shared/ui/Field'
import { ErrorLine } from '@/shared/ui/parts'

interface Props {
  /** One can hand on only what one has. */
  permissions: readonly string[]
  onClose: () => void
  onMade: (made: { name: string; token: string }) => void
}

const day = 86_400_000

export function TokenDialog({ permissions, onClose, onMade }: Props) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<string[]>([])
  const [days, setDays] = useState(90)
  const [tried, setTried] = useState(false)
  const { busy, problem, run } = useAction('/tokens')
  const make = async () => {
    setTried(true)
    if (!name.trim() || chosen.length === 0 || busy) return
    const expires_at = days ? new Date(serverNow() + days * day).toISOString() : null
    const result = await run(() => api.post<MadeToken>('/tokens', { name: name.trim(), permissions: chosen, expires_at }))
    if (result.ok) onMade({ name: name.trim(), token: result.value.token })
  }
  return (
    <Modal
      open
      title={t('admin.profile.addToken')}
      width={520}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('admin.common.cancel')}</Button>
          <Button type="primary" loading={busy} data-testid="token-make" onClick={() => void make()}>
            {t('admin.profile.addToken')}
          </Button>
        </>
      }
    >
      <p className="muted">{t('admin.profile.tokensHint')}</p>
      <div className="form">
        <Field id="token-name" label={t('admin.profile.tokenName')} required error={tried && !name.trim() ? 'admin.common.nameMissing' : undefined}>
          <Input id="token-name" value={name} maxLength={100} autoComplete="off" onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field id="token-permissions" label={t('admin.profile.tokenPermissions')} required error={tried && chosen.length === 0 ? 'admin.profile.permissionsMissing' : undefined}>
          <Select
            id="token-permissions"
            mode="multiple"
            value={chosen}
            showSearch={{ optionFilterProp: 'label' }}
            options={permissions.map((code) => ({ value: code, label: t(`admin.permission.${code.replaceAll('.', '_')}`, { defaultValue: code }) }))}
            onChange={setChosen}
          />
        </Field>
        <Field id="token-days" label={t('admin.profile.expires')}>
          <Select
            id="token-days"
            value={days}
            options={[
              { value: 30, label: t('admin.profile.days', { count: 30 }) },
              { value: 90, label: t('admin.profile.days', { count: 90 }) },
              { value: 365, label: t('admin.profile.year') },
              { value: 0, label: t('admin.profile.never') },
            ]}
            onChange={setDays}
          />
        </Field>
        {problem !== null && <ErrorLine problem={problem} />}
      </div>
    </Modal>
  )
}
