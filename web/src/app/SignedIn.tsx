import { RouterProvider } from '@tanstack/react-router'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ordered } from '@/features/desk/roster/order'
import { nextSelection, select, useSelected } from '@/features/desk/selection'
import { currentCall } from '@/features/phone/current'
import { wasDeclined } from '@/features/phone/declined'
import { PersonBar } from '@/features/phone/PersonBar'
import { PhoneBar } from '@/features/phone/PhoneBar'
import { PhoneProvider } from '@/features/phone/PhoneProvider'
import { refreshSession, signOut } from '@/features/session/session'
import { api } from '@/shared/api/client'
import type { InteractionDocument, Person } from '@/shared/api/types'
import { customerNumber, phone } from '@/shared/format/phone'
import { useAction } from '@/shared/keys/actions'
import { composing, isEditable } from '@/shared/keys/keys'
import { connectLive, forgetDocuments, useAgent, useLink, useMine } from '@/shared/live/store'
import { sweepDrafts } from '@/shared/prefs/drafts'
import { timer } from '@/shared/time/format'
import { refreshNow, serverNow, useNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { MeContext } from '@/shared/ui/may'
import { toast } from '@/shared/ui/toasts'
import { useMedia } from '@/shared/ui/useMedia'
import { Alerts } from './Alerts'
import { CentreContext, type Centre } from './centre'
import { Footer } from './Footer'
import { BarSide } from './BarSide'
import { KeyHelp } from './KeyHelp'
import { useLinkNotices } from './linkNotices'
import { PaletteLayer } from './palette/PaletteLayer'
import { nextRegion } from './regions'
import { router } from './router'
import { TenantSwitch } from './TenantSwitch'

const goToDesk = () => {
  if (!router.state.location.pathname.startsWith('/desk')) void router.navigate({ to: '/desk' })
}

/** The whole screen of a signed-in person; everything that must outlive a page hangs here. */
export function SignedIn({ person, token }: { person: Person; token: string }) {
  const { t } = useTranslation()
  const works = person.permissions.includes('agent.work') && person.number !== null
  const tenantId = person.tenant.id
  const narrow = useMedia('(width < 1300px)')
  const agent = useAgent(person.id)
  const mine = useMine(person.id)
  const call = useMemo(() => currentCall(mine), [mine])
  useLayoutEffect(refreshNow, [agent, call])
  const selectedId = useSelected()
  const selected = mine.find((one) => one.id === selectedId) ?? null
  const [help, setHelp] = useState(false)

  useEffect(() => {
    sweepDrafts()
    void refreshSession()
    return connectLive(token, () => void refreshSession())
    // A session at another tenant sees other documents.
  }, [token, tenantId])
  useEffect(() => forgetDocuments, [person.id, tenantId])
  useLinkNotices()

  // Pop what is new; say what has gone unanswered.
  const before = useRef<InteractionDocument[]>([])
  useEffect(() => {
    const old = before.current
    before.current = mine
    if (old === mine) return
    const next = nextSelection(selectedId, old, mine)
    if (next !== selectedId) select(next)
    const fresh = mine.some((one) => one.state === 'ring' && !old.some(({ id }) => id === one.id))
    // Never away from a field that is being typed in: the card in the roster is one click.
    if (fresh && !isEditable(document.activeElement)) goToDesk()
    for (const one of old) {
      if (mine.some(({ id }) => id === one.id)) continue
      const who = one.customer?.name ?? phone(customerNumber(one))
      if (one.state === 'ring' && !wasDeclined(one.id)) toast(t('call.gone', { who }), 'amber')
      // From talk straight to nothing, without wrap-up: the centre lost it.
      if (one.state === 'talk' || one.state === 'hold') toast(t('call.cut', { who }))
    }
  }, [mine, selectedId, t])

  const onSelect = useCallback((id: string) => {
    select(id)
    goToDesk()
  }, [])

  const step = (by: number) => {
    if (mine.length === 0) return
    const cards = ordered(mine)
    const index = cards.findIndex((one) => one.id === selectedId)
    const target = cards[(index + by + cards.length) % cards.length]
    if (target) onSelect(target.id)
  }
  useAction('rosterUp', () => step(-1), mine.length > 0)
  useAction('rosterDown', () => step(1), mine.length > 0)
  useAction('help', () => setHelp((open) => !open))
  useEffect(() => {
    // Esc leaves a field; layers that use it themselves have had it first, and it never ends anything.
    const leaveField = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || composing(event) || event.defaultPrevented) return
      if (isEditable(document.activeElement)) (document.activeElement as HTMLElement).blur()
    }
    window.addEventListener('keydown', leaveField)
    return () => window.removeEventListener('keydown', leaveField)
  }, [])
  useAction('region', () => nextRegion(1))
  useAction('regionBack', () => nextRegion(-1))

  const openHelp = useCallback(() => setHelp(true), [])
  const leave = useCallback(async () => {
    if (works && agent && agent.state !== 'offline') {
      // Leaving must not leave a ready seat behind; a refusal here is no reason to stay.
      await api.put('/agents/me/state', { state: 'offline' }).catch(() => undefined)
    }
    await signOut()
  }, [works, agent])

  const centre = useMemo<Centre>(
    () => ({ person, agent, mine, selected, onSelect }),
    [person, agent, mine, selected, onSelect],
  )

  return (
    <CentreContext value={centre}>
      <MeContext value={person}>
        <PhoneProvider personId={person.id} works={works} agent={agent} call={call}>
          <div className="app">
            {works ? (
              <PhoneBar person={person} agent={agent} call={call} side={narrow ? null : <BarSide />} onSignOut={() => void leave()} onGo={(to) => void router.navigate({ to })} />
            ) : (
              <PersonBar person={person} onSignOut={() => void leave()}>
                <TenantSwitch person={person} />
                <BarSide />
              </PersonBar>
            )}
            {/* Pages of one tenant do not live on at another. */}
            <RouterProvider key={tenantId} router={router} />
            <div>
              <OfflineStrip inCall={call !== null && call.state !== 'wrapup'} />
              <Footer call={call} selected={selected} works={works} person={person} onHelp={openHelp} />
            </div>
          </div>
          <Alerts call={call} mine={mine} />
          <PaletteLayer person={person} agent={agent} works={works} onSignOut={leave} onHelp={openHelp} />
          <KeyHelp open={help} onClose={() => setHelp(false)} />
        </PhoneProvider>
      </MeContext>
    </CentreContext>
  )
}

function OfflineStrip({ inCall }: { inCall: boolean }) {
  const { t } = useTranslation()
  const link = useLink()
  const now = useNow()
  const recovering = link.status === 'recovering'
  if (link.status !== 'offline' && !recovering) return null
  const gone = timer((now - serverNow(link.since)) / 1_000)
  const text = recovering ? 'link.recoveringFor' : inCall ? 'link.lostInCall' : 'link.lost'
  return (
    <div className={`offline ${recovering ? 'offline-recovering' : ''}`} role="alert" data-testid="offline">
      <Icon name={recovering ? 'triangle' : 'octagon'} />
      {t(text, { time: gone })}
    </div>
  )
}
