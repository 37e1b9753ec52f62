import { useSyncExternalStore } from 'react'

import { api, Problem, setToken, setUnauthorisedHandler } from '@/shared/api/client'
import type { Person, SessionGranted } from '@/shared/api/types'
import { createStore } from '@/shared/store'

interface Session {
  token: string
  person: Person
}

const key = 'yuelai.session'

function read(): Session | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Session | null
  } catch {
    return null
  }
}

const store = createStore<Session | null>(read())
setToken(store.get()?.token ?? null)

function change(session: Session | null): void {
  if (session) localStorage.setItem(key, JSON.stringify(session))
  else localStorage.removeItem(key)
  setToken(session?.token ?? null)
  store.set(session)
}

setUnauthorisedHandler((usedToken) => {
  if (store.get()?.token === usedToken) change(null)
})

// Signing in or out in another tab counts here too.
window.addEventListener('storage', (event) => {
  if (event.key !== key) return
  const next = read()
  setToken(next?.token ?? null)
  store.set(next)
})

export const useSession = (): Session | null => useSyncExternalStore(store.subscribe, store.get)

export async function signIn(username: string, password: string): Promise<void> {
  const { token, person } = await api.post<SessionGranted>('/session', { username, password })
  change({ token, person })
}

/** Ask the centre who we are; a refused token signs this page out. */
export async function refreshSession(): Promise<void> {
  const session = store.get()
  if (!session) return
  try {
    const person = await api.get<Person>('/session')
    if (store.get()?.token === session.token) change({ token: session.token, person })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
  }
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
