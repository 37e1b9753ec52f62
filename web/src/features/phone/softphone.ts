import { debug, UA, WebSocketInterface } from 'jssip'
import type { IceCandidateEvent, PeerConnectionEvent, RTCSession } from 'jssip/lib/RTCSession'
import type { RTCSessionEvent } from 'jssip/lib/UA'

import type { IceServers, SipCredential } from '@/shared/api/types'
import { Line } from './line'
import { stopTracks } from './microphone'
import type { PhoneEvent } from './reducer'
import { Relays } from './relays'

export interface SoftPhoneOptions {
  credential: () => Promise<SipCredential>
  iceServers: () => Promise<IceServers>
  /** Whether sound may take nothing but relays. */
  relayOnly: () => boolean
  dispatch: (event: PhoneEvent) => void
  /** Where the customer is heard. */
  audio: HTMLAudioElement
  /** Sound to send; rejects when there is no microphone or no permission. */
  microphone: () => Promise<MediaStream>
  /** Somebody else called during a call and was told that we are busy. */
  second: (caller: string) => void
  /** Which browser this is (RFC 5626). */
  instance: string
}

const gathering_limit = 200
const retry_first = 1_000
const retry_longest = 15_000
const busy_here = 486

/** The SIP user agent of this tab: registers, receives the centre's calls, carries their sound. */
export class SoftPhone {
  private ua: UA | null = null
  private socket: WebSocketInterface | null = null
  private session: RTCSession | null = null
  private sessionKey = ''
  private stream: MediaStream | null = null
  private line: Line | null = null
  private readonly relays: Relays
  private wait = retry_first
  private retry: ReturnType<typeof setTimeout> | undefined
  private stopped = false

  constructor(private readonly options: SoftPhoneOptions) {
    debug.disable()
    this.relays = new Relays(options.iceServers)
  }

  async start(): Promise<void> {
    this.options.dispatch({ type: 'registration', registration: 'connecting' })
    let credential: SipCredential
    try {
      ;[credential] = await Promise.all([this.options.credential(), this.relays.renew()])
    } catch {
      this.later(() => void this.start())
      return
    }
    if (this.stopped) return
    this.options.dispatch({ type: 'relays', available: this.relays.available })
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
    this.socket = new WebSocketInterface(`${scheme}://${location.host}${credential.ws_path}`)
    const ua = new UA({
      sockets: [this.socket],
      uri: credential.uri,
      authorization_user: credential.authorization_user,
      realm: credential.realm,
      ha1: credential.ha1,
      register: true,
      session_timers: false,
      instance_id: this.options.instance,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 8,
      user_agent: 'Yuelai console',
    })
    this.ua = ua
    ua.on('registered', () => {
      this.wait = retry_first
      this.options.dispatch({ type: 'registration', registration: 'registered' })
    })
    ua.on('unregistered', () => this.options.dispatch({ type: 'registration', registration: 'connecting' }))
    ua.on('disconnected', () => this.options.dispatch({ type: 'registration', registration: 'connecting' }))
    ua.on('registrationFailed', () => {
      if (ua !== this.ua || !ua.isConnected()) return
      this.options.dispatch({ type: 'registration', registration: 'failed' })
      this.later(() => void this.renew(ua))
    })
    ua.on('newRTCSession', (event: RTCSessionEvent) => {
      if (event.originator === ('remote' as typeof event.originator)) this.offered(event)
    })
    ua.start()
  }

  /** Sign-out: say goodbye properly. */
  stop(): void {
    this.stopped = true
    clearTimeout(this.retry)
    this.ua?.stop()
    this.release()
    this.ua = null
  }

  /** Another tab takes over: vanish as a reload does, without a BYE that would end the customer's call. */
  vanish(): void {
    this.stopped = true
    clearTimeout(this.retry)
    this.socket?.disconnect()
    this.session?.connection?.close()
    this.release()
    this.ua = null
  }

  async answer(): Promise<void> {
    const { session, sessionKey: key } = this
    if (!session || session.isEnded()) return
    this.options.dispatch({ type: 'answering', key })
    let stream: MediaStream
    try {
      ;[stream] = await Promise.all([this.options.microphone(), this.relays.renew()])
    } catch (error) {
      this.options.dispatch({ type: 'unanswered', key })
      throw error
    }
    if (session !== this.session || session.isEnded()) {
      stopTracks(stream)
      return
    }
    this.stream = stream
    session.answer({ mediaStream: stream, pcConfig: this.relays.configuration(this.options.relayOnly()) })
  }

  /** End the call, or decline it while it rings. False when there is no session to end. */
  hangup(): boolean {
    const session = this.session
    if (!session || session.isEnded()) return false
    if (session.isEstablished()) session.terminate()
    else session.terminate({ status_code: busy_here, reason_phrase: 'Busy Here' })
    return true
  }

  mute(muted: boolean): void {
    const session = this.session
    if (!session?.isEstablished()) return
    if (muted) session.mute({ audio: true })
    else session.unmute({ audio: true })
    this.options.dispatch({ type: 'muted', key: this.sessionKey, muted })
  }

  digit(digit: string): void {
    if (!this.session?.isEstablished()) return
    this.session.sendDTMF(digit, { transportType: 'RFC2833' as never, duration: 100, interToneGap: 70 })
  }

  private offered({ session, request }: RTCSessionEvent): void {
    const rejoin = request.getHeader('X-Yuelai-Rejoin') === '1'
    if (this.session && !this.session.isEnded()) {
      if (!rejoin) {
        this.options.second(session.remote_identity?.display_name || session.remote_identity?.uri.user || '')
        session.terminate({ status_code: busy_here, reason_phrase: 'Busy Here' })
        return
      }
      // The centre has given the old leg up: what is left of it here is only in the way.
      const old = this.session
      this.release()
      old.terminate()
    }
    const key = session.id
    this.session = session
    this.sessionKey = key
    this.options.dispatch({ type: 'incoming', key, interactionId: request.getHeader('X-Yuelai-Interaction') ?? null, rejoin })
    void this.relays.renew()
    session.on('peerconnection', ({ peerconnection }: PeerConnectionEvent) => {
      this.listen(peerconnection)
      this.line?.close()
      this.line = new Line(peerconnection, {
        poor: (poor) => this.options.dispatch({ type: 'link', key, poor }),
        gone: () => this.findPath(session, peerconnection),
      })
    })
    session.on('icecandidate', endGatheringEarly())
    session.on('accepted', () => this.options.dispatch({ type: 'live', key }))
    const ended = () => {
      this.options.dispatch({ type: 'ended', key })
      if (session === this.session) this.release()
    }
    session.on('ended', ended)
    session.on('failed', ended)
    if (rejoin) void this.answer().catch(() => undefined)
  }

  private listen(connection: RTCPeerConnection): void {
    connection.addEventListener('track', ({ track, streams }) => {
      const { audio } = this.options
      audio.srcObject = streams[0] ?? new MediaStream([track])
      void audio.play().catch(() => {
        // Kept back until the page is touched: try again then.
        window.addEventListener('pointerdown', () => void audio.play(), { once: true })
      })
    })
  }

  /** Another way to the centre, e.g. after a change of networks; the call itself stays as it is. */
  private findPath(session: RTCSession, connection: RTCPeerConnection): void {
    // Asking while the centre cannot be reached would end the call.
    if (session !== this.session || !session.isEstablished() || !this.ua?.isConnected()) return
    connection.setConfiguration({ ...connection.getConfiguration(), ...this.relays.configuration(this.options.relayOnly()) })
    session.renegotiate({ rtcOfferConstraints: { iceRestart: true } })
  }

  private release(): void {
    this.line?.close()
    this.line = null
    if (this.stream) stopTracks(this.stream)
    this.stream = null
    this.session = null
    this.sessionKey = ''
    this.options.audio.srcObject = null
  }

  /** The credential is short-lived: fetch a new one and register with it, leaving a live call alone. */
  private async renew(ua: UA): Promise<void> {
    if (ua !== this.ua) return
    try {
      const credential = await this.options.credential()
      ua.set('authorization_user', credential.authorization_user)
      ua.set('realm', credential.realm)
      ua.set('ha1', credential.ha1)
      ua.register()
    } catch {
      this.later(() => void this.renew(ua))
    }
  }

  private later(action: () => void): void {
    clearTimeout(this.retry)
    if (this.stopped) return
    this.retry = setTimeout(action, this.wait)
    this.wait = Math.min(this.wait * 2, retry_longest)
  }
}

/** JsSIP waits for the end of gathering; one host candidate is enough for a centre that answers with ICE lite. */
function endGatheringEarly(): (event: IceCandidateEvent) => void {
  let limit: ReturnType<typeof setTimeout> | undefined
  return ({ candidate, ready }) => {
    if (candidate.type === 'host') {
      clearTimeout(limit)
      limit = undefined
      ready()
    } else {
      // Gathered once more when another path is looked for.
      limit ??= setTimeout(() => {
        limit = undefined
        ready()
      }, gathering_limit)
    }
  }
}
