import { useNavigate, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { InteractionPage } from '@/features/interactions/InteractionPage'
import { useEscape } from '../useEscape'

/** A contact opened from its customer's page, and back to there. */
export function ContactPage() {
  const { id, contactId } = useParams({ from: '/customers/$id/contacts/$contactId' })
  const { t } = useTranslation()
  const navigate = useNavigate()
  const back = () => void navigate({ to: '/customers/$id', params: { id }, search: (before) => before })
  useEscape(back)
  const open = (other: string) => void navigate({ to: '/customers/$id/contacts/$contactId', params: { id, contactId: other }, search: (before) => before })
  return <InteractionPage key={contactId} id={contactId} onBack={back} onOpen={open} backLabel={t('customers.backToCustomer')} />
}
