import type { LiveMessage } from '../api/types'
import { applyLive, emptyLive, type LiveState } from './state'

/**
 * `since` (local milliseconds) tells how long the link has been away. Recovering: the server answers, the part of it
 * that owns calls is starting again.
 */
export type Link = { readonly status: 'connecting' | 'online' | 'offline' | 'recovering'; readonly since: number }

export interface LiveOptions {
  url: string
  token: string
  onState: (state: LiveState) => void
  onLink: (link: Link) => void
  /** Server time, from each snapshot and each time message. */
  onNow: (now: string) => void
  /** The centre refused the token. */
  onRefused: () => void
  createSocket?: (url: string) => WebSocket
}

const first_wait = 300
const longest_wait = 8_000
/** The centre sends the time every 10 s; more than twice that in silence means the link is dead. */
const silence = 25_000
/** WebSocket close codes with which a server says "not with this token" (4401, 4403) or "policy" (1008). */
const refusals = new Set([1008, 4401, 4403])

/** Keeps one subscription to the live documents alive: connects, resyncs on a gap, backs off and comes back. */
export class LiveConnection {
  private state: LiveState = emptyLive
  private socket: WebSocket | null = null
  private wait = first_wait
  private retry: ReturnType<typeof setTimeout> | undefined
  private watchdog: ReturnType<typeof setTimeout> | undefined
  private stopped = false
  private lostAt: number | null = null

  constructor(private readonly options: LiveOptions) {}

  start(): void {
    this.options.onLink({ status: 'connecting', since: Date.now() })
    this.connect()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.retry)
    clearTimeout(this.watchdog)
    this.drop()
  }

  /** Do not wait for the back-off to end: the browser says the network is back. */
  hurry(): void {
    if (this.stopped || this.socket) return
    clearTimeout(this.retry)
    this.wait = first_wait
    this.connect()
  }

  private connect(): void {
    const create = this.options.createSocket ?? ((url: string) => new WebSocket(url))
    const socket = create(this.options.url)
    this.socket = socket
    this.listen()
    socket.addEventListener('open', () => socket.send(JSON.stringify(this.hello())))
    socket.addEventListener('message', (event: MessageEvent) => {
      if (socket === this.socket) this.receive(String(event.data))
    })
    socket.addEventListener('close', (event: CloseEvent) => {
      if (socket !== this.socket) return
      this.socket = null
      if (refusals.has(event.code)) {
        this.stop()
        this.options.onRefused()
      } else this.lost()
    })
  }

  /** Who we are and, after a cut, how far we had followed: the centre then sends only what was missed. */
  private hello(): { token: string; resume?: { epoch: string; seq: number } } {
    const { epoch, seq } = this.state
    return { token: this.options.token, ...(epoch && { resume: { epoch, seq } }) }
  }

  private receive(text: string): void {
    this.listen()
    const message = JSON.parse(text) as LiveMessage
    if (message.type !== 'change' && message.type !== 'core') this.options.onNow(message.now)
    if (message.type === 'time') return
    if (message.type === 'core') {
      if (!message.up) this.options.onLink({ status: 'recovering', since: Date.now() })
      return
    }
    const before = this.state
    this.state = applyLive(before, message)
    if (message.type === 'snapshot' || message.type === 'resumed') {
      this.wait = first_wait
      this.lostAt = null
      this.options.onLink({ status: 'online', since: Date.now() })
    }
    if (before.fresh && !this.state.fresh) {
      this.resync()
      return
    }
    this.options.onState(this.state)
  }

  /** A number was skipped: throw the subscription away and take a fresh snapshot at once. */
  private resync(): void {
    this.state = { ...this.state, epoch: '' }
    this.drop()
    this.connect()
  }

  private lost(): void {
    clearTimeout(this.watchdog)
    if (this.stopped) return
    this.state = { ...this.state, fresh: false }
    this.lostAt ??= Date.now()
    this.options.onLink({ status: 'offline', since: this.lostAt })
    const jitter = 0.7 + Math.random() * 0.6
    this.retry = setTimeout(() => this.connect(), this.wait * jitter)
    this.wait = Math.min(this.wait * 2, longest_wait)
  }

  private listen(): void {
    clearTimeout(this.watchdog)
    this.watchdog = setTimeout(() => {
      this.drop()
      this.lost()
    }, silence)
  }

  private drop(): void {
    const socket = this.socket
    this.socket = null
    socket?.close()
  }
}
