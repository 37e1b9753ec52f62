import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { apiOf } from '@/shared/api/client'
import type { InteractionDocument, LiveParticipant } from '@/shared/api/types'
import { customerNumber, phone } from '@/shared/format/phone'
import { problemText } from '@/shared/i18n'
import { composing } from '@/shared/keys/keys'
import { secondsSince, timer } from '@/shared/time/format'
import { useNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { useMe } from '@/shared/ui/may'
import { toast } from '@/shared/ui/toasts'
import { labelOf, talkOf } from './talk'

/** Who is in the call: the agent in charge may let others go, each may leave. */
export function Members({ call, onLeave, onClose }: { call: InteractionDocument; onLeave: () => void; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const now = useNow()
  const [dropping, setDropping] = useState<string | null>(null)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.querySelector('button')?.focus(), [])
  const { inCharge } = talkOf(call, me.id)
  const drop = async (one: LiveParticipant) => {
    setDropping(one.id)
    try {
      await apiOf(call).post(`/interactions/${call.id}/participants/${one.id}/drop`)
    } catch (error) {
      toast(t('softphone.failed.drop', { why: problemText(error, t) }))
    } finally {
      setDropping(null)
    }
  }
  const nameOf = (one: LiveParticipant) => {
    if (one.role === 'customer') return one.name || phone(customerNumber(call))
    if (one.agent_id === me.id) return `${t('softphone.members.you')} ${me.number ?? ''}`
    return one.role === 'third' ? phone(one.number) : labelOf(one)
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Esc of the buttons inside
    <div ref={box} className="members" role="group" aria-label={t('softphone.members.title')} data-testid="members" onKeyDown={(event) => event.key === 'Escape' && !composing(event.nativeEvent) && onClose()}>
      <h2>{t('softphone.members.title')}</h2>
      <ul>
        {(call.participants ?? []).map((one) => (
          <li key={one.id} data-testid="member">
            <Icon name={one.role === 'customer' ? 'person' : one.role === 'third' ? 'outgoing' : 'headset'} className="muted" />
            <b>{nameOf(one)}</b>
            <span className="muted">
              {one.role === 'customer' ? t('softphone.members.customer') : t(`softphone.members.state.${one.state}`, { defaultValue: '' })} {timer(secondsSince(one.since, now))}
            </span>
            {inCharge && one.role !== 'customer' && one.agent_id !== me.id && (
              <Button size="small" loading={dropping === one.id} data-testid="member-drop" onClick={() => void drop(one)}>
                {t('softphone.members.drop')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div className="members-foot">
        <Button size="small" data-testid="member-leave" onClick={onLeave}>
          {t('softphone.members.leave')}
        </Button>
        <span className="muted">{t('softphone.members.leaveHint')}</span>
      </div>
    </div>
  )
}
