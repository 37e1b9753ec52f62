import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useKinds } from '@/features/businesses/kinds'
import { businessTab } from '@/features/businesses/open'
import { nameOf } from '@/features/businesses/form/schema'
import type { Queue } from '@/shared/api/admin'
import { useAll } from '@/shared/api/lists'
import type { InteractionDocument } from '@/shared/api/types'
import { useDraftsOf } from '@/shared/drafts/store'
import { keyText, runAction, useKeysOf } from '@/shared/keys/actions'
import { useLink } from '@/shared/live/store'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Keycap } from '@/shared/ui/parts'
import { openTab } from './selection'

const BookCallback = lazy(() => import('@/features/callbacks/booking'))

/** What is left to do for this customer, in one place: what was begun and not sent, a call back, a business, a note. */
export function NextSteps({ interaction }: { interaction: InteractionDocument }) {
  const { t, i18n } = useTranslation()
  const online = useLink().status === 'online'
  const keysOf = useKeysOf()
  const may = useMay()
  const drafts = useDraftsOf(interaction.id)
  const { kinds } = useKinds(interaction)
  const [booking, setBooking] = useState(false)
  const queues = useAll<Queue>('/queues', booking)
  const unsent = [...drafts.values()].filter(({ form }) => form.startsWith('business:'))
  const name = (form: string) => {
    const kind = kinds.find(({ code }) => form === `business:${code}`)
    return kind ? nameOf(kind, i18n.language) : form.slice('business:'.length)
  }
  return (
    <div className="wrapup-next" role="group" aria-label={t('wrapup.next')}>
      <span className="wrapup-label">{t('wrapup.next')}</span>
      {may('callbacks.read') && (
        <button type="button" className="choice" disabled={!online} data-testid="wrapup-callback" onClick={() => setBooking(true)}>
          <Icon name="phone" size={14} /> {t('wrapup.callback')}
        </button>
      )}
      <button type="button" className="choice" data-testid="wrapup-business" onClick={() => runAction('business')}>
        <Icon name="plus" size={14} /> {t('wrapup.business')} <Keycap>{keyText(keysOf('business'))}</Keycap>
      </button>
      <button type="button" className="choice" data-testid="wrapup-trail" onClick={() => runAction('note')}>
        <Icon name="pen" size={14} /> {t('trail.note')} <Keycap>{keyText(keysOf('note'))}</Keycap>
      </button>
      {unsent.length > 0 && (
        <span className="wrapup-unsent" data-testid="wrapup-unsent">
          <Icon name="triangle" size={14} /> {t('wrapup.unsent', { count: unsent.length })}
          {unsent.map(({ id, form }) => (
            <button key={id} type="button" className="link" onClick={() => openTab(interaction.id, businessTab(id))}>
              {name(form)}
            </button>
          ))}
        </span>
      )}
      {booking && queues.query.isSuccess && (
        <Suspense fallback={null}>
          <BookCallback queues={queues.rows} first={interaction.queue?.code ?? ''} about={interaction} onClose={() => setBooking(false)} />
        </Suspense>
      )}
    </div>
  )
}
