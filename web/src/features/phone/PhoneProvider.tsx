import i18next from 'i18next'
import { createContext, useCallback, useContext, useEffect, useMemo, useReducer, useRef, useState, type ReactNode } from 'react'

import { api } from '@/shared/api/client'
import type { AgentDocument, IceServers, InteractionDocument, Seat, SipCredential } from '@/shared/api/types'
import { phone as phoneText } from '@/shared/format/phone'
import { isEditable } from '@/shared/keys/keys'
import { useLink, useLiveFresh } from '@/shared/live/store'
import { getPrefs, usePrefs } from '@/shared/prefs/prefs'
import { toast } from '@/shared/ui/toasts'
import { soundOn, useDevices } from './checkKept'
import { controls, type Act, type Control, type Slot } from './controls'
import { effectiveSeat } from './current'
import { markDeclined } from './declined'
import { openMicrophone, stopTracks } from './microphone'
import { initialPhone, reducePhone, type PhoneState } from './reducer'
import { playWhisper, Ringer } from './ringer'
import { useBeaten, useSeat } from './seat'
import type { SoftPhone } from './softphone'
import { holdTabLock, type TabLock } from './tabLock'
import { useOver } from './useOver'
import { useRejoin } from './useRejoin'
import { isVerb, useVerbs } from './verbs'

export interface Phone {
  state: PhoneState
  seat: Seat
  controls: Record<Slot, Control>
  /** Do what a slot of the phone bar stands for now. */
  act: (act: Act) => void
  digit: (digit: string) => void
  takeOver: () => void
  rejoin: () => void
  /** The call for which the sound could not be got back unasked. */
  vain: string | null
}

/** How long a declined call may still be on its way to the telephone. */
const on_its_way = 3_000

const PhoneContext = createContext<Phone | null>(null)

export function usePhone(): Phone {
  const phone = useContext(PhoneContext)
  if (!phone) throw new Error('usePhone outside PhoneProvider')
  return phone
}

interface Props {
  personId: string
  /** False for people without a phone of their own. */
  works: boolean
  agent: AgentDocument | null
  call: InteractionDocument | null
  children: ReactNode
}

/** Owns the phone of this tab. Lives above the router, so that no navigation touches a call. */
export function PhoneProvider({ personId, works, agent, call, children }: Props) {
  const [own, dispatch] = useReducer(reducePhone, initialPhone)
  const [instance] = useState(() => crypto.randomUUID())
  const { beaten, back } = useBeaten(useSeat(personId), instance, own.call !== null)
  const state = useMemo<PhoneState>(() => (beaten ? { ...own, owner: 'other' } : own), [own, beaten])
  const online = useLink().status === 'online'
  const prefs = usePrefs()
  const fresh = useLiveFresh()
  // A snapshot without us (the centre is restarting) must not hang up: what was known last holds.
  const [known, setKnown] = useState<{ agent: AgentDocument | null } | null>(null)
  if (agent ? known?.agent !== agent : fresh && !known) setKnown({ agent })
  const seat = effectiveSeat(agent ?? known?.agent ?? null, prefs.seat)
  const audio = useRef<HTMLAudioElement>(null)
  const softphone = useRef<SoftPhone | null>(null)
  const lock = useRef<TabLock | null>(null)
  /** What was pressed before the call had reached the phone. */
  const eager = useRef<{ id: string; wish: 'answer' | 'decline'; until: number } | null>(null)

  useEffect(() => {
    if (!works) return
    const held = holdTabLock(personId, (owner) => {
      if (owner === 'other') {
        softphone.current?.vanish()
        softphone.current = null
      }
      dispatch({ type: 'lock', owner })
    })
    lock.current = held
    return () => held.release()
  }, [personId, works])

  // The first snapshot tells the seat: registering before it could ring the wrong place.
  const registers = works && known !== null && seat === 'browser' && state.owner === 'mine'
  useEffect(() => {
    if (!registers) return
    let left = false
    let started: SoftPhone | null = null
    void import('./softphone').then(({ SoftPhone }) => {
      if (left || !audio.current) return
      started = new SoftPhone({
        credential: () => api.get<SipCredential>('/agents/me/sip'),
        iceServers: () => api.get<IceServers>('/session/ice'),
        relayOnly: () => getPrefs().relayOnly,
        dispatch,
        audio: audio.current,
        microphone: () => openMicrophone(dispatch),
        second: (who) => toast(i18next.t('softphone.second', { who: phoneText(who) }), 'amber'),
        instance,
      })
      softphone.current = started
      void started.start()
    })
    return () => {
      left = true
      if (started && softphone.current === started) {
        started.stop()
        softphone.current = null
      }
      dispatch({ type: 'registration', registration: 'off' })
    }
  }, [registers, instance])

  const { speaker } = useDevices()
  useEffect(() => {
    if (audio.current) soundOn(audio.current, speaker)
  }, [speaker])

  // The browser asks for the microphone when work begins, not while the first customer waits for the answer.
  const unasked = registers && agent?.state === 'ready' && state.microphone === 'unknown'
  useEffect(() => {
    if (unasked) openMicrophone(dispatch).then(stopTracks, () => undefined)
  }, [unasked])

  const ringing = state.call?.phase === 'incoming' && !state.call.rejoin
  // Set in the agent's profile: who works so needs no button for every call.
  const automatic = ringing && agent?.auto_answer === true && state.microphone !== 'denied' && state.microphone !== 'missing'
  const rings = ringing && !automatic
  useEffect(() => {
    if (!rings) return
    const ringer = new Ringer()
    ringer.start()
    return () => ringer.stop()
  }, [rings])

  useEffect(() => {
    if (!automatic) return
    // Said in the headset first, lest the agent be talking to somebody beside them.
    void playWhisper().catch(() => undefined)
    softphone.current?.answer().catch(() => undefined)
  }, [automatic])

  const { rejoin, vain } = useRejoin(state, seat, call)
  const available = useMemo(() => controls(state, call, seat, online, personId), [state, call, seat, online, personId])
  const ask = useVerbs()
  const endHere = useCallback(() => void softphone.current?.hangup(), [])
  useOver(state.call, endHere)

  const answer = useCallback(() => {
    if (!available.answer.enabled) return
    // A caret in a field stays where it is; otherwise work goes on at the page's first action.
    if (!isEditable(document.activeElement)) document.querySelector<HTMLElement>('[data-first-action]')?.focus()
    if (state.call) softphone.current?.answer().catch(() => undefined)
    else eager.current = call ? { id: call.id, wish: 'answer', until: Infinity } : null
  }, [available.answer.enabled, state.call, call])

  const arrived = state.call?.interactionId ?? null
  useEffect(() => {
    const waiting = eager.current
    // A call that was declined has left the screen when its telephone rings at last; offered again it is another matter.
    if (waiting && (waiting.wish === 'answer' ? call?.id !== waiting.id : Date.now() > waiting.until)) eager.current = null
    if (!ringing || !waiting || !eager.current || (arrived ?? call?.id) !== waiting.id) return
    eager.current = null
    if (waiting.wish === 'answer') softphone.current?.answer().catch(() => undefined)
    else softphone.current?.hangup()
  }, [ringing, arrived, call])

  const hangup = useCallback(() => {
    if (!available.hangup.enabled) return
    if (call?.state === 'ring') markDeclined(call.id)
    if (softphone.current?.hangup()) return
    if (!call) return
    if (call.state === 'ring') eager.current = { id: call.id, wish: 'decline', until: Date.now() + on_its_way }
    ask('hangup', call)
  }, [available.hangup.enabled, call, ask])

  const muted = state.call?.muted ?? false
  const act = useCallback(
    (wanted: Act) => {
      if (wanted === 'answer') answer()
      else if (wanted === 'hangup') hangup()
      else if (wanted === 'mute') softphone.current?.mute(!muted)
      else if (call && isVerb(wanted)) ask(wanted, call)
    },
    [answer, hangup, muted, call, ask],
  )

  const digit = useCallback((value: string) => softphone.current?.digit(value), [])
  const takeOver = useCallback(() => {
    if (beaten) back()
    else lock.current?.takeOver()
  }, [beaten, back])

  const phone = useMemo<Phone>(
    () => ({ state, seat, controls: available, act, digit, takeOver, rejoin, vain }),
    [state, seat, available, act, digit, takeOver, rejoin, vain],
  )

  return (
    <PhoneContext value={phone}>
      {children}
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- a live voice has no captions */}
      <audio ref={audio} autoPlay hidden data-testid="remote-audio" />
    </PhoneContext>
  )
}
