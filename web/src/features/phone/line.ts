import { Quality, sampleOf } from './quality'

const look_every = 2_000
/** A path that has gone may come back by itself; after this long another one is looked for. JsSIP gives up later. */
const gone_for = 3_000
const again = 10_000

export interface LineEvents {
  /** The link has become poor, or good again. */
  poor: (poor: boolean) => void
  /** The path is gone: look for another one. */
  gone: () => void
}

/** Looks after one connection while it stands: how it sounds, and whether there is still a path. */
export class Line {
  private readonly quality = new Quality()
  private readonly looking: ReturnType<typeof setInterval>
  private goneTimer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly connection: RTCPeerConnection,
    private readonly events: LineEvents,
  ) {
    this.looking = setInterval(() => void this.look(), look_every)
    connection.addEventListener('iceconnectionstatechange', this.pathChanged)
  }

  close(): void {
    clearInterval(this.looking)
    clearTimeout(this.goneTimer)
    this.connection.removeEventListener('iceconnectionstatechange', this.pathChanged)
  }

  private readonly pathChanged = () => {
    clearTimeout(this.goneTimer)
    if (this.connection.iceConnectionState === 'disconnected') this.goneTimer = setTimeout(this.lost, gone_for)
  }

  private readonly lost = () => {
    this.events.gone()
    this.goneTimer = setTimeout(() => {
      if (this.connection.iceConnectionState === 'disconnected') this.lost()
    }, again)
  }

  private async look(): Promise<void> {
    const stats = await this.connection.getStats().catch(() => null)
    const sample = stats && sampleOf(stats.values())
    if (!sample || !this.quality.take(sample)) return
    const { poor } = this.quality
    this.events.poor(poor)
    await speak(this.connection, poor ? 'audio/opus' : null)
  }
}

/**
 * Send another of the codecs that were agreed on, from the next packet on; null for the one that was preferred. Opus tells
 * in each packet what the one before said. Browsers that cannot do it go on as they are.
 */
export async function speak(connection: RTCPeerConnection, mimeType: string | null): Promise<void> {
  const sender = connection.getSenders().find(({ track }) => track?.kind === 'audio')
  const parameters = sender?.getParameters() as (RTCRtpSendParameters & { encodings: { codec?: RTCRtpCodec }[] }) | undefined
  const encoding = parameters?.encodings[0]
  if (!sender || !parameters || !encoding) return
  const codec = parameters.codecs.find((one) => (mimeType ? one.mimeType.toLowerCase() === mimeType : true))
  if (!codec) return
  encoding.codec = codec
  await sender.setParameters(parameters).catch(() => undefined)
}
