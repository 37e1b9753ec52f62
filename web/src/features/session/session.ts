import { useSyncExternalStore } from 'react'

import { api, Problem, setToken, setUnauthorisedHandler } from '@/shared/api/client'
import type { Person, SessionGranted } from '@/shared/api/identity'
import { adoptLanguage, languageChosen } from '@/shared/i18n'
import { setPrefs } from '@/shared/prefs/prefs'
import { createStore } from '@/shared/store'

export interface Session {
  token: string
  person: Person
  /** The centre no longer takes the token: what was on screen waits, covered, until the same person signs in again. */
  expired?: boolean
}

export interface Credentials {
  username: string
  password: string
  /** Six digits of the authenticator, or a recovery code. */
  otp?: string
}

const key = 'yuelai.session'

function read(): Session | null {
  try {
    const session = JSON.parse(localStorage.getItem(key) ?? 'null') as Session | null
    // One kept by an older console knows no tenants.
    return session?.person.tenants ? session : null
  } catch {
    return null
  }
}

const atStart = read()
const store = createStore<Session | null>(atStart?.expired ? null : atStart)
setToken(store.get()?.token ?? null)

function change(session: Session | null): void {
  if (session) localStorage.setItem(key, JSON.stringify(session))
  else localStorage.removeItem(key)
  setToken(session && !session.expired ? session.token : null)
  store.set(session)
}

setUnauthorisedHandler((usedToken) => {
  const session = store.get()
  if (session?.token === usedToken && !session.expired) change({ ...session, expired: true })
})

// Signing in or out in another tab counts here too.
window.addEventListener('storage', (event) => {
  if (event.key !== key) return
  const next = read()
  setToken(next && !next.expired ? next.token : null)
  store.set(next)
})

export const useSession = (): Session | null => useSyncExternalStore(store.subscribe, store.get)

function open({ token, person }: SessionGranted): void {
  change({ token, person })
  // The language follows the person to another machine, unless it was just chosen on this screen.
  if (person.language && !languageChosen()) {
    setPrefs({ language: person.language })
    adoptLanguage(person.language)
  }
}

/** Sign in. Refusals: wrong_credentials, otp_required, otp_wrong, locked. */
export async function signIn(credentials: Credentials): Promise<void> {
  open(await api.post<SessionGranted>('/session', credentials))
}

/** Finish a sign-in at a directory: the ticket came back in the address. */
export async function signInWithTicket(ticket: string): Promise<void> {
  open(await api.post<SessionGranted>('/session/oidc', { ticket }))
}

/** What the centre said about the person who is signed in, after a change or a look. */
export function adopt(person: Person): void {
  const session = store.get()
  if (session && session.person.id === person.id) change({ ...session, person })
}

/** Ask the centre who we are; a refused token leaves the page covered by the sign-in. */
export async function refreshSession(): Promise<void> {
  const session = store.get()
  if (!session || session.expired) return
  try {
    const person = await api.get<Person>('/session')
    if (store.get()?.token === session.token) adopt(person)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
}

export async function switchTenant(tenantId: string): Promise<void> {
  adopt(await api.put<Person>('/session/tenant', { tenant_id: tenantId }))
}

export async function changePassword(old: string, next: string): Promise<void> {
  await api.put('/session/password', { old, new: next })
  await refreshSession()
}

export async function signOut(): Promise<void> {
  try {
    await api.delete('/session')
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  } finally {
    change(null)
  }
}

/** Leave the covered page for good: somebody else will sign in. */
export const forgetSession = (): void => change(null)
