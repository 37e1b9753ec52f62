import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { refusal } from '@/features/session/refusal'
import { takeReturned } from '@/features/session/returning'
import { api, apiOf, Problem } from '@/shared/api/client'

const answer = (status: number, body: unknown) => new Response(status === 204 ? null : JSON.stringify(body), { status })
const person = { id: 'p', tenant: { id: 't1', code: 'main', name: '悦来' }, tenants: [{ id: 't1', code: 'main', name: '悦来' }] }

async function fresh() {
  vi.resetModules()
  const session = await import('@/features/session/session')
  const client = await import('@/shared/api/client')
  return { session, client }
}
const kept = () => JSON.parse(localStorage.getItem('yuelai.session') ?? 'null') as { token: string; expired?: boolean } | null

beforeEach(() => localStorage.clear())
afterEach(() => vi.unstubAllGlobals())

describe('a session', () => {
  it('that the centre no longer takes is covered, not forgotten', async () => {
    const fetched = vi.fn<typeof fetch>()
    vi.stubGlobal('fetch', fetched)
    const { session, client } = await fresh()
    fetched.mockResolvedValueOnce(answer(200, { token: 'one', expires_at: '', person }))
    await session.signIn({ username: 'a', password: 'b' })
    fetched.mockResolvedValueOnce(answer(401, { code: 'not_signed_in' }))
    await expect(client.api.get('/people')).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(kept()).toMatchObject({ token: 'one', expired: true })
    fetched.mockResolvedValueOnce(answer(200, {}))
    await client.api.get('/session/oidc')
    expect(new Headers(fetched.mock.lastCall?.[1]?.headers).has('Authorization')).toBe(false)
  })

  it('outlives a wrong password given for a change', async () => {
    const fetched = vi.fn<typeof fetch>()
    vi.stubGlobal('fetch', fetched)
    const { session } = await fresh()
    fetched.mockResolvedValueOnce(answer(200, { token: 'one', expires_at: '', person }))
    await session.signIn({ username: 'a', password: 'b' })
    fetched.mockResolvedValueOnce(answer(401, { code: 'wrong_credentials' }))
    await expect(session.changePassword('x', 'y')).rejects.toMatchObject({ code: 'wrong_credentials' })
    expect(kept()?.expired).toBeUndefined()
  })
})

describe('requests about a contact', () => {
  it('act at its tenant', async () => {
    const fetched = vi.fn<typeof fetch>().mockImplementation(() => Promise.resolve(answer(200, {})))
    vi.stubGlobal('fetch', fetched)
    await apiOf({ tenant: { id: 'east' } }).get('/customers/1/overview')
    expect(new Headers(fetched.mock.lastCall?.[1]?.headers).get('Yuelai-Tenant')).toBe('east')
    await api.get('/customers')
    expect(new Headers(fetched.mock.lastCall?.[1]?.headers).has('Yuelai-Tenant')).toBe(false)
  })
})

describe('coming back from a directory', () => {
  it('reads the ticket once and goes where one was', () => {
    sessionStorage.setItem('yuelai.place', '/people?q=li')
    history.replaceState(null, '', '/#ticket=abc')
    expect(takeReturned()).toEqual({ ticket: 'abc', error: undefined })
    expect(location.pathname + location.search + location.hash).toBe('/people?q=li')
    expect(takeReturned()).toBeNull()
  })
  it('goes nowhere outside', () => {
    sessionStorage.setItem('yuelai.place', '//elsewhere.example/')
    history.replaceState(null, '', '/#error=oidc_failed')
    expect(takeReturned()).toEqual({ ticket: undefined, error: 'oidc_failed' })
    expect(location.pathname).toBe('/')
  })
})

describe('a refusal to let in', () => {
  const t = (key: string, options?: Record<string, unknown>) => `${key} ${String(options?.time ?? options?.count ?? '')}`.trim()
  it('says how long a lock still lasts', () => {
    expect(refusal(new Problem(423, { code: 'locked', retry_after: 600 }), t, 'zh')).toBe('session.lockedFor session.minutes 10')
    expect(refusal(new Problem(429, { code: 'too_many_attempts', retry_after: 30 }), t, 'zh')).toBe('session.tryIn time.seconds 30')
  })
})
