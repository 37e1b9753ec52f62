import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { kindIcon } from '@/features/callbacks/callbacks'
import { api } from '@/shared/api/client'
import type { components } from '@/shared/api/generated'
import type { Page } from '@/shared/api/types'
import { phone } from '@/shared/format/phone'
import { useNow } from '@/shared/time/clock'
import { clock, length } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'

type Callback = components['schemas']['CallbackDocument']
const most = 6
const again = 60_000

/** 待办: the calls I owe, the earliest first. `contacts` changes when one may have been done. */
export function Due({ contacts, onOpen }: { contacts: string; onOpen: () => void }) {
  const { t } = useTranslation()
  const may = useMay()
  const query = useQuery({
    queryKey: ['callbacks', 'mine', contacts],
    queryFn: ({ signal }) => api.get<Page<Callback>>('/callbacks', { state: 'open', mine: 'true', limit: most + 1 }, signal),
    enabled: may('callbacks.read'),
    placeholderData: (before) => before,
    refetchInterval: again,
  })
  const items = query.data?.items ?? []
  if (items.length === 0) return null
  return (
    <section className="due" aria-label={t('rosterDesk.due')}>
      <h3 className="roster-head">
        <span>{t('rosterDesk.due')}</span>
        <span className="roster-count">{items.length > most ? `${most}+` : items.length}</span>
      </h3>
      {items.slice(0, most).map((one) => (
        <Owed key={one.id} callback={one} onOpen={onOpen} />
      ))}
    </section>
  )
}

function Owed({ callback, onOpen }: { callback: Callback; onOpen: () => void }) {
  const { t } = useTranslation()
  const now = useNow()
  const left = (Date.parse(callback.due_at) - now) / 1_000
  const tone = left < 0 ? 'red' : left < 600 ? 'amber' : ''
  const minutes = length(Math.abs(left))
  return (
    <button type="button" className="card" data-testid="roster-due" onClick={onOpen}>
      <span className="card-icon solid-neutral">
        <Icon name={kindIcon[callback.kind]} size={18} />
      </span>
      <span className="card-words">
        <span className="card-line">
          <b className="ellipsis">{callback.customer?.name ?? phone(callback.number)}</b>
          <span className={`card-time ${tone ? `text-${tone}` : ''}`}>{clock(callback.due_at).slice(0, 5)}</span>
        </span>
        <span className="card-line card-minor">
          <span className="ellipsis">{t(callback.kind === 'voicemail' ? 'rosterDesk.voicemail' : 'rosterDesk.callback')}</span>
          <span className={`card-side ${tone ? `text-${tone}` : ''}`}>
            {left < 0 ? t('rosterDesk.overdue', { time: minutes }) : left < 86_400 ? t('rosterDesk.dueIn', { time: minutes }) : ''}
          </span>
        </span>
      </span>
    </button>
  )
}
