import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { Role } from '@/shared/api/admin'
import { api, Problem } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import { codeWrong } from '@/shared/format/code'
import { Confirm } from '@/shared/ui/Confirm'
import { Field } from '@/shared/ui/Field'
import { ErrorLine } from '@/shared/ui/parts'

interface Props {
  role: Role | null
  roles: readonly Role[]
  onClose: () => void
}

/** A new role, or another name for one. */
export function RoleDialog({ role, roles, onClose }: Props) {
  const { t, i18n } = useTranslation()
  const [code, setCode] = useState(role?.code ?? '')
  const [name, setName] = useState(role?.name ?? '')
  const [nameEn, setNameEn] = useState(role?.name_en ?? '')
  const [from, setFrom] = useState('')
  const [tried, setTried] = useState(false)
  const { busy, problem, run } = useAction('/roles', '/people')
  const taken = problem instanceof Problem && problem.code === 'code_taken'
  const wrongCode = codeWrong(code)

  const save = async () => {
    setTried(true)
    if (wrongCode || !name.trim()) return
    const permissions = role?.permissions ?? roles.find((one) => one.code === from)?.permissions ?? []
    const body = { name: name.trim(), name_en: nameEn.trim(), permissions }
    const result = await run(() => (role ? api.put(`/roles/${role.code}`, body) : api.post('/roles', { code: code.trim(), ...body })))
    if (result.ok) onClose()
  }

  return (
    <Modal
      open
      title={t(role ? 'admin.roles.edit' : 'admin.roles.add')}
      onCancel={onClose}
      width={480}
      footer={
        <div className="dialog-foot">
          {role && (
            <Confirm
              title={t('admin.common.reallyRemove', { name: role.name })}
              hint={t('admin.roles.removeHint')}
              verb={t('admin.common.remove')}
              disabled={role.people > 0 || busy}
              testId="role-remove"
              onConfirm={() => void run(() => api.delete(`/roles/${role.code}`)).then(({ ok }) => ok && onClose())}
            />
          )}
          <span className="foot-end">
            <Button onClick={onClose}>{t('admin.common.cancel')}</Button>
            <Button type="primary" loading={busy} data-testid="role-save" onClick={() => void save()}>
              {t(role ? 'admin.common.save' : 'admin.roles.add')}
            </Button>
          </span>
        </div>
      }
    >
      <div className="form">
        <Field id="role-name" label={t('admin.common.name')} required error={tried && !name.trim() ? 'admin.people.nameMissing' : undefined}>
          <Input id="role-name" value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field id="role-name-en" label={t('admin.common.nameEn')}>
          <Input id="role-name-en" value={nameEn} maxLength={100} onChange={(event) => setNameEn(event.target.value)} />
        </Field>
        {!role && (
          <>
            <Field id="role-code" label={t('admin.common.code')} required error={taken ? 'problem.code_taken' : tried ? wrongCode : undefined} hint={t('admin.common.codeHint')}>
              <Input id="role-code" value={code} maxLength={50} spellCheck={false} autoComplete="off" onChange={(event) => setCode(event.target.value)} />
            </Field>
            <Field id="role-from" label={t('admin.roles.copyFrom')}>
              <Select
                id="role-from"
                value={from}
                options={[{ value: '', label: t('admin.roles.blank') }, ...roles.map((one) => ({ value: one.code, label: (i18n.language === 'en' && one.name_en) || one.name }))]}
                onChange={setFrom}
              />
            </Field>
          </>
        )}
        {problem !== null && !taken && <ErrorLine problem={problem} />}
      </div>
    </Modal>
  )
}
