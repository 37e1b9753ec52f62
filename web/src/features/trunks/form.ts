import type { Trunk } from '@/shared/api/telephony'
import { codeWrong } from '@/shared/format/code'

/** What can be set of a trunk; passwords are apart, since they are never told. */
export type TrunkDraft = Omit<Trunk, 'id' | 'version' | 'created_at' | 'has_secret' | 'has_peer_secret'>
export type TrunkField = keyof TrunkDraft | 'secret' | 'peer_secret'
export type Wrong = Partial<Record<TrunkField, string>>

export interface Passwords {
  /** Undefined: stays as it is. */
  secret?: string
  peer_secret?: string
}

const nothing = { rules: [], format: 'as_is' as const }

export const emptyTrunk: TrunkDraft = {
  code: '', name: '', name_en: '', kind: 'carrier', direction: 'both', active: true, transport: 'auto', host: '', port: null, outbound_proxy: '', sources: [], certificate_name: '',
  peer_username: '', register: false, username: '', domain: '', expires: 3600, max_channels_in: 0, max_channels_out: 0, max_channels_total: 0, max_cps: 0, priority: 1, weight: 10, country: 'CN',
  number_in: { called: nothing, caller: nothing }, number_out: { called: nothing, caller: nothing }, caller_policy: { default: '', allowed: [], trusted: false }, codecs: [], srtp: 'accept', options_seconds: 30, rates: [],
}

export function draftOf(trunk: Trunk): TrunkDraft {
  const { id: _id, version: _version, created_at: _created, has_secret: _secret, has_peer_secret: _peer, ...draft } = trunk
  return draft
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Only what differs, ready to be sent. */
export function changesOf(before: TrunkDraft, draft: TrunkDraft, passwords: Passwords): Partial<TrunkDraft & Passwords> {
  const changes = Object.fromEntries(Object.entries(trimmed(draft)).filter(([field, value]) => !same(value, before[field as keyof TrunkDraft])))
  return { ...changes, ...Object.fromEntries(Object.entries(passwords).filter(([, value]) => value !== undefined)) }
}

export function trimmed(draft: TrunkDraft): TrunkDraft {
  const texts = Object.fromEntries(Object.entries(draft).map(([field, value]) => [field, typeof value === 'string' ? value.trim() : value]))
  return { ...draft, ...texts } as TrunkDraft
}

const plainName = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9.])?$/
const v6 = /^\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?$/
export const hostFits = (host: string): boolean => plainName.test(host) || v6.test(host)

const proxyFits = (proxy: string): boolean => {
  const [, host = proxy, port] = /^(.*?)(?::(\d{1,5}))?$/.exec(proxy) ?? []
  if (v6.test(proxy)) return true
  return hostFits(host) && (port === undefined || (Number(port) > 0 && Number(port) < 65_536))
}

/** An address, or a network that is not wider than /8. */
export function networkFits(text: string): boolean {
  const [, address = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  const parts = address.split('.')
  const four = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
  if (!four && !(v6.test(address) && address.split(':').length > 2)) return false
  const bits = length === undefined ? (four ? 32 : 128) : Number(length)
  return bits >= 8 && bits <= (four ? 32 : 128)
}

/** What is wrong, by field: keys of texts. `kept` tells which passwords the centre already has. */
export function wrongIn(draft: TrunkDraft, passwords: Passwords, kept: { secret: boolean; peer_secret: boolean }, isNew: boolean): Wrong {
  const wrong: Wrong = {}
  const has = (name: keyof Passwords) => (passwords[name] === undefined ? kept[name] : passwords[name] !== '')
  const trunk = trimmed(draft)
  if (!trunk.name) wrong.name = 'admin.common.nameMissing'
  const code = isNew ? codeWrong(trunk.code) : undefined
  if (code) wrong.code = code
  if (trunk.host && !hostFits(trunk.host)) wrong.host = 'tel.wrong.host'
  else if (!trunk.host && trunk.register) wrong.host = 'tel.wrong.hostToRegister'
  else if (!trunk.host && trunk.direction !== 'in' && !trunk.peer_username) wrong.host = 'tel.wrong.hostToCall'
  if (trunk.outbound_proxy && !proxyFits(trunk.outbound_proxy)) wrong.outbound_proxy = 'tel.wrong.host'
  if (trunk.certificate_name && !hostFits(trunk.certificate_name)) wrong.certificate_name = 'tel.wrong.host'
  if (trunk.domain && !hostFits(trunk.domain)) wrong.domain = 'tel.wrong.host'
  if (!trunk.sources.every(networkFits)) wrong.sources = 'tel.wrong.network'
  if (!trunk.username && (trunk.register || has('secret'))) wrong.username = 'tel.wrong.username'
  if (trunk.register && !has('secret')) wrong.secret = 'tel.wrong.secret'
  if (trunk.peer_username && !has('peer_secret')) wrong.peer_secret = 'tel.wrong.secret'
  if (!trunk.peer_username && has('peer_secret')) wrong.peer_username = 'tel.wrong.username'
  if (trunk.options_seconds > 0 && trunk.options_seconds < 5) wrong.options_seconds = 'tel.wrong.options'
  if (!/^\+?[0-9*#]{0,20}$/.test(trunk.caller_policy.default)) wrong.caller_policy = 'tel.wrong.number'
  if (!/^[A-Z]{2}$/.test(trunk.country)) wrong.country = 'tel.wrong.country'
  const rules = [trunk.number_in.called, trunk.number_in.caller].flatMap(({ rules: all }) => all)
  if (!rules.every(ruleFits)) wrong.number_in = 'tel.wrong.rule'
  if (![trunk.number_out.called, trunk.number_out.caller].flatMap(({ rules: all }) => all).every(ruleFits)) wrong.number_out = 'tel.wrong.rule'
  const prefixes = trunk.rates.map(({ prefix }) => prefix)
  if (new Set(prefixes).size !== prefixes.length) wrong.rates = 'tel.wrong.rates'
  else if (!prefixes.every((prefix) => /^\d{0,20}$/.test(prefix))) wrong.rates = 'tel.wrong.prefix'
  return wrong
}

const ruleFits = ({ prefix, add, strip }: { prefix: string; add: string; strip: number }): boolean =>
  /^\+?[0-9*#]{0,20}$/.test(prefix) && /^\+?[0-9*#]{0,20}$/.test(add) && strip >= 0 && strip <= 20

/** Which field a refusal of the centre is about, so that it is said beside it. */
export function fieldOf(problem: unknown): TrunkField | null {
  const { code, document } = (problem ?? {}) as { code?: string; document?: { field?: string } }
  if (code === 'code_taken') return 'code'
  if (code === 'peer_userplainNametaken') return 'peer_username'
  if (code === 'bad_trunk' && document?.field) return document.field as TrunkField
  return null
}
