import { useTranslation } from 'react-i18next'

import { PasswordForm } from '@/features/session/PasswordForm'
import { useMay, useMe } from '@/shared/ui/may'
import { Section } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { Basics } from './Basics'
import { SecondFactor } from './SecondFactor'
import { Sessions } from './Sessions'
import { Tokens } from './Tokens'

/** 个人资料: what everybody changes about themselves. */
export function ProfilePage() {
  const { t } = useTranslation()
  const me = useMe()
  const may = useMay()
  return (
    <div className="admin">
      <div className="admin-main" data-region="work">
        <header className="admin-head">
          <h1 className="page-title">
            {t('admin.profile.title')}
            <small>{[me.name, me.number].filter(Boolean).join(' ')}</small>
          </h1>
        </header>
        <div className="admin-scroll">
          <div className="profile">
            <div className="profile-columns">
              <Basics key={me.id} me={me} />
              <div>
                <Section icon="lock" title={t('admin.profile.password')}>
                  <PasswordForm username={me.username} onDone={() => toast(t('admin.profile.passwordChanged'), 'ok')} />
                </Section>
                <SecondFactor on={me.totp} />
              </div>
            </div>
            <Sessions />
            {may('tokens.write') && <Tokens permissions={me.permissions} />}
          </div>
        </div>
      </div>
    </div>
  )
}
