import { Button, Input, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { adopt } from '@/features/session/session'
import { api } from '@/shared/api/client'
import type { Person } from '@/shared/api/identity'
import { useAction } from '@/shared/api/lists'
import { setLanguage, type Language } from '@/shared/i18n'
import { setPrefs, usePrefs } from '@/shared/prefs/prefs'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Section } from '@/shared/ui/parts'

export function Basics({ me }: { me: Person }) {
  const { t } = useTranslation()
  const { language } = usePrefs()
  const [name, setName] = useState(me.name)
  const [email, setEmail] = useState(me.email ?? '')
  const [saved, setSaved] = useState(false)
  const { busy, problem, run } = useAction('/people')
  const changed = name.trim() !== me.name || email.trim() !== (me.email ?? '')
  const wrongEmail = email.trim() !== '' && !/^[^@\s]+@[^@\s]+$/.test(email.trim())

  const put = async (body: Record<string, unknown>) => {
    const result = await run(() => api.patch<Person>('/session/profile', body))
    if (result.ok) adopt(result.value)
    return result.ok
  }
  const save = async () => {
    if (!name.trim() || wrongEmail || busy) return
    setSaved(await put({ name: name.trim(), email: email.trim() || null }))
  }

  return (
    <Section icon="person" title={t('admin.profile.basics')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <Field id="me-name" label={t('admin.profile.name')} required error={name.trim() ? undefined : 'admin.people.nameMissing'}>
          <Input id="me-name" value={name} maxLength={100} autoComplete="name" onChange={(event) => setName(event.target.value)} data-testid="me-name" />
        </Field>
        <Field id="me-email" label={t('admin.profile.email')} error={wrongEmail ? 'admin.people.emailWrong' : undefined}>
          <Input id="me-email" value={email} maxLength={200} autoComplete="email" inputMode="email" onChange={(event) => setEmail(event.target.value)} data-testid="me-email" />
        </Field>
        <Field label={t('admin.profile.language')}>
          <Segmented<Language>
            value={language}
            aria-label={t('admin.profile.language')}
            options={[
              { value: 'zh', label: '中文' },
              { value: 'en', label: 'English' },
            ]}
            onChange={(next) => {
              setPrefs({ language: next })
              setLanguage(next)
              void put({ language: next })
            }}
          />
        </Field>
        <div className="field">
          <span />
          <span className="form-end">
            <Button type="primary" htmlType="submit" disabled={!changed} loading={busy} data-testid="me-save">
              {t('admin.common.save')}
            </Button>
            {saved && !changed && (
              <span className="saved" role="status">
                <Icon name="check" /> {t('admin.common.saved')}
              </span>
            )}
          </span>
        </div>
        {problem !== null && <ErrorLine problem={problem} />}
      </form>
      <dl className="pairs profile-fixed">
        <dt>{t('admin.profile.username')}</dt>
        <dd>{me.username}</dd>
        {me.number && (
          <>
            <dt>{t('admin.profile.number')}</dt>
            <dd>{me.number}</dd>
          </>
        )}
        <dt>{t('admin.profile.tenant')}</dt>
        <dd>
          {me.tenants.length > 1 ? (
            me.tenants.map((tenant) => (
              <span key={tenant.id} className={tenant.id === me.tenant.id ? 'profile-here' : 'profile-there'}>
                {tenant.name}
              </span>
            ))
          ) : (
            me.tenant.name
          )}
        </dd>
      </dl>
    </Section>
  )
}
