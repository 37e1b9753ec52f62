import { useTranslation } from 'react-i18next'

import { useClasses } from '../reference'
import { SectionPage } from '../SectionPage'
import { Classes } from './Classes'
import { Fields } from './Fields'
import { Tags } from './Tags'

/** What a tenant's customers are described with: classes, fields of its own, tags. */
export function SettingsPage() {
  const { t } = useTranslation()
  const query = useClasses()
  return (
    <SectionPage title={t('customers.settings.title')} hint={t('customers.settings.hint')} query={query}>
      <div className="settings-grid">
        <div>
          <Classes rows={query.data ?? []} />
          <Tags />
        </div>
        <Fields />
      </div>
    </SectionPage>
  )
}
