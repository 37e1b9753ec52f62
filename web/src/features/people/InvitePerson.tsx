import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { GivenGrant } from '@/shared/api/admin'
import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import { Field } from '@/shared/ui/Field'
import { ErrorLine, Section } from '@/shared/ui/parts'
import { Sheet } from '@/shared/ui/Sheet'
import { toast } from '@/shared/ui/toasts'
import { emptyDraft } from './draft'
import { GrantsEditor } from './GrantsEditor'
import type { Reference } from './reference'

/** Somebody the operator knows already gets roles at this tenant, too. */
export function InvitePerson({ reference, onClose }: { reference: Reference; onClose: () => void }) {
  const { t } = useTranslation()
  const [username, setUsername] = useState('')
  const [grants, setGrants] = useState<GivenGrant[]>(emptyDraft.grants)
  const [missing, setMissing] = useState(false)
  const { busy, problem, run } = useAction('/people')

  const invite = async () => {
    setMissing(true)
    if (!username.trim() || grants.length === 0) return
    const result = await run(() => api.post('/people/invite', { username: username.trim(), grants: grants.map(({ role, scope }) => ({ role, scope })) }))
    if (!result.ok) return
    toast(t('admin.people.invited', { username: username.trim() }), 'ok')
    onClose()
  }

  return (
    <Sheet
      title={t('admin.people.invite')}
      label={t('admin.people.invite')}
      onClose={onClose}
      foot={
        <>
          {problem !== null && <ErrorLine problem={problem} />}
          <span className="foot-end">
            <Button onClick={onClose}>{t('admin.common.cancel')}</Button>
            <Button type="primary" loading={busy} onClick={() => void invite()}>
              {t('admin.people.inviteVerb')}
            </Button>
          </span>
        </>
      }
    >
      <div className="form">
        <Field id="invite-username" label={t('admin.people.inviteUsername')} required error={missing && !username.trim() ? 'admin.people.usernameMissing' : undefined} hint={t('admin.people.invitedHint')}>
          <Input id="invite-username" value={username} autoComplete="off" spellCheck={false} onChange={(event) => setUsername(event.target.value)} />
        </Field>
      </div>
      <Section icon="shield" title={t('admin.people.rights')}>
        <GrantsEditor grants={grants} onChange={setGrants} reference={reference} wrong={missing && grants.length === 0 ? 'admin.people.grantMissing' : undefined} disabled={false} />
      </Section>
    </Sheet>
  )
}
