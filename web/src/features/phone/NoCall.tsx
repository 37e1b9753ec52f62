import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'
import { keyText, useKeysOf } from '@/shared/keys/actions'
import { useMay } from '@/shared/ui/may'
import { Icon } from '@/shared/ui/Icon'
import { openPhoneDialog } from './dialogs'
import { usePhone } from './PhoneProvider'
import { useCheckKept } from './checkKept'

const counted = 100
const afresh = 60_000

export function Remedy({ text, action, onClick }: { text: string; action?: string; onClick?: () => void }) {
  return (
    <span className="call-second text-amber ellipsis" title={text}>
      {text}
      {action && (
        <button type="button" className="link" onClick={onClick}>
          {action}
        </button>
      )}
    </span>
  )
}

/** Without a call: what keeps one from coming, and what may be done meanwhile. */
export function NoCall({ onGo }: { onGo: (path: '/callbacks') => void }) {
  const { t } = useTranslation()
  const { state, seat, takeOver } = usePhone()
  const key = useKeysOf()('consult')
  if (seat === 'browser' && state.owner === 'other') {
    return (
      <span className="call-words">
        <b className="ellipsis">{t('phone.inOtherTab')}</b>
        <button type="button" className="link call-second" data-testid="phone-takeover" onClick={takeOver}>
          {t('phone.takeOverHere')}
        </button>
      </span>
    )
  }
  // Better said before a customer rings than while one does.
  if (seat === 'browser' && state.microphone === 'denied') return <Remedy text={t('phone.microphoneDenied')} />
  if (seat === 'browser' && state.microphone === 'missing') return <Remedy text={t('phone.microphoneMissing')} />
  return (
    <>
      <button type="button" className="call-out" data-testid="call-out" title={`${t('softphone.dial.open')}  ${keyText(key)}`} aria-keyshortcuts={key} onClick={() => openPhoneDialog('dial')}>
        <Icon name="outgoing" size={16} /> {t('softphone.dial.open')}
      </button>
      <span className="call-words">
        <span className="call-second ellipsis">{t('call.none')}</span>
        <Beside browser={seat === 'browser'} onGo={onGo} />
      </span>
    </>
  )
}

/** The headset that was never checked, else the customers we owe a call. */
function Beside({ browser, onGo }: { browser: boolean; onGo: (path: '/callbacks') => void }) {
  const { t } = useTranslation()
  const unchecked = useCheckKept() === null && browser
  const reads = useMay()('callbacks.read')
  const { data } = useQuery({
    queryKey: ['/callbacks', 'owed'],
    queryFn: ({ signal }) => api.get<Page<unknown>>('/callbacks', { state: 'open', limit: counted }, signal),
    refetchInterval: afresh,
    enabled: reads && !unchecked,
  })
  if (unchecked) {
    return (
      <button type="button" className="link call-second ellipsis" title={t('softphone.check.first')} data-testid="first-check" onClick={() => openPhoneDialog('check')}>
        {t('softphone.check.open')}
      </button>
    )
  }
  const owed = data?.items.length ?? 0
  if (owed === 0) return null
  return (
    <button type="button" className="link call-second ellipsis" data-testid="owed" onClick={() => onGo('/callbacks')}>
      {t('softphone.dial.owed', { count: (data?.next_cursor ? `${owed}+` : owed) as number })}
    </button>
  )
}
