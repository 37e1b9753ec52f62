import { api } from '@/shared/api/client'
import type { IceServers, SipCredential } from '@/shared/api/types'

const patience = 5_000
const pings = 3

const within = <T>(work: Promise<T>, cleanUp: () => void): Promise<T> =>
  Promise.race([work, new Promise<never>((_, reject) => setTimeout(() => reject(new Error('timeout')), patience))]).finally(cleanUp)

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const nonce = (): string => Math.random().toString(36).slice(2, 12)

/** An OPTIONS request (RFC 3261 §11) of somebody whose place nobody needs to know (RFC 7118 §5). */
function options(domain: string): string {
  const from = `sip:check@${nonce()}.invalid`
  return [
    `OPTIONS sip:${domain} SIP/2.0`,
    `Via: SIP/2.0/WS ${nonce()}.invalid;branch=z9hG4bK${nonce()}`,
    'Max-Forwards: 70',
    `From: <${from}>;tag=${nonce()}`,
    `To: <sip:${domain}>`,
    `Call-ID: ${nonce()}`,
    'CSeq: 1 OPTIONS',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n')
}

/** Milliseconds to the SIP part of the centre and back, over the socket that calls use. Rejects when nothing answers. */
export async function sipRoundTrip(): Promise<number> {
  const { ws_path: path, uri } = await api.get<SipCredential>('/agents/me/sip')
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`, 'sip')
  const domain = uri.split('@')[1] ?? uri
  return within(
    new Promise<number>((resolve, reject) => {
      const times: number[] = []
      let sent = 0
      const ask = () => {
        sent = performance.now()
        socket.send(options(domain))
      }
      socket.addEventListener('open', ask)
      socket.addEventListener('error', () => reject(new Error('socket')))
      socket.addEventListener('message', ({ data }) => {
        if (typeof data !== 'string' || !data.startsWith('SIP/2.0')) return
        times.push(performance.now() - sent)
        if (times.length < pings) ask()
        else resolve(median(times))
      })
    }),
    () => socket.close(),
  )
}

/**
 * Milliseconds to the centre's relay and back: from here to here with nothing but relays, half of the way there and back
 * twice. Null where the centre has none: sound goes straight to it.
 */
export async function relayRoundTrip(): Promise<number | null> {
  const { ice_servers: found } = await api.get<IceServers>('/session/ice')
  const relays = found.filter(({ credential }) => credential).map(({ urls, username, credential }) => ({ urls, username: username ?? '', credential: credential ?? '' }))
  if (relays.length === 0) return null
  const configuration: RTCConfiguration = { iceServers: relays, iceTransportPolicy: 'relay' }
  const near = new RTCPeerConnection(configuration)
  const far = new RTCPeerConnection(configuration)
  near.addEventListener('icecandidate', ({ candidate }) => void (candidate && far.addIceCandidate(candidate)))
  far.addEventListener('icecandidate', ({ candidate }) => void (candidate && near.addIceCandidate(candidate)))
  far.addEventListener('datachannel', ({ channel }) => channel.addEventListener('message', ({ data }) => channel.send(String(data))))
  const channel = near.createDataChannel('check')
  const echoed = new Promise<number>((resolve) => {
    const times: number[] = []
    let sent = 0
    const ask = () => {
      sent = performance.now()
      channel.send('·')
    }
    channel.addEventListener('open', ask)
    channel.addEventListener('message', () => {
      times.push((performance.now() - sent) / 2)
      if (times.length < pings) ask()
      else resolve(median(times))
    })
  })
  const joined = async () => {
    await near.setLocalDescription()
    await far.setRemoteDescription(near.localDescription as RTCSessionDescription)
    await far.setLocalDescription()
    await near.setRemoteDescription(far.localDescription as RTCSessionDescription)
    return echoed
  }
  return within(joined(), () => {
    near.close()
    far.close()
  })
}
