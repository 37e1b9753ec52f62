import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import { tryPath, useSampleCustomers } from './demo'

/** On the demo's sign-in page: the other side of the counter, in a window of its own. */
export function TryLink() {
  const { t } = useTranslation()
  const { isSuccess } = useSampleCustomers()
  if (!isSuccess) return null
  return (
    <a className="link signin-other" href={tryPath} target="_blank" rel="noreferrer" data-testid="try-link">
      <Icon name="phone" size={14} /> {t('tryOut.link')}
    </a>
  )
}
