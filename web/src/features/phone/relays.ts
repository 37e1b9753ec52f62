import type { IceServers } from '@/shared/api/types'

/** A call is not kept waiting for its relays longer than this. */
const patience = 1_000

/** TURN servers of the centre: fetched before they are needed, and again when half of their time is over. */
export class Relays {
  private known: { servers: IceServers; renewAt: number; until: number } | null = null
  private asking: Promise<void> | null = null

  constructor(
    private readonly fetch: () => Promise<IceServers>,
    private readonly now: () => number = Date.now,
  ) {}

  /** See to it that there are valid ones, for a second at most. Never rejects: most centres are reached without. */
  async renew(): Promise<void> {
    if (this.known && this.now() < this.known.renewAt) return
    this.asking ??= this.ask().finally(() => (this.asking = null))
    let limit: ReturnType<typeof setTimeout> | undefined
    await Promise.race([this.asking, new Promise<void>((done) => (limit = setTimeout(done, patience)))])
    clearTimeout(limit)
  }

  private async ask(): Promise<void> {
    try {
      const servers = await this.fetch()
      const now = this.now()
      const until = Date.parse(servers.expires_at)
      this.known = { servers, renewAt: now + (until - now) / 2, until }
    } catch {
      // What is known serves as long as it is valid.
    }
  }

  /** For a connection made now. `only`: nothing but relays may be used, to find out whether they work. */
  configuration(only: boolean): RTCConfiguration {
    const iceServers = (this.valid?.ice_servers ?? []).map(({ urls, username, credential }) =>
      username && credential ? { urls, username, credential } : { urls },
    )
    return { iceServers, iceTransportPolicy: only && this.available ? 'relay' : 'all' }
  }

  /** Whether there is one at all: a server with a password, rather than one that only tells addresses. */
  get available(): boolean {
    return this.valid?.ice_servers.some(({ credential }) => credential) ?? false
  }

  private get valid(): IceServers | null {
    return this.known && this.now() < this.known.until ? this.known.servers : null
  }
}
