import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { MoneyBox, ProductsBox } from '@/features/desk/overview/business'
import { contactText } from '@/features/desk/overview/ContactsBox'
import { Gate } from '@/features/desk/overview/gate'
import { RelationsBox, years } from '@/features/desk/overview/person'
import { startI18n } from '@/shared/i18n'

describe('a gate', () => {
  it('lets so many through at a time, the first who came first, and goes on after one that failed', async () => {
    const gate = new Gate(2)
    const order: string[] = []
    const open: Record<string, (ok: boolean) => void> = {}
    const go = (name: string) =>
      gate
        .through(() => {
          order.push(name)
          return new Promise<void>((resolve, reject) => (open[name] = (ok) => (ok ? resolve() : reject(new Error(name)))))
        })
        .catch(() => order.push(`${name} failed`))
    const all = ['a', 'b', 'c', 'd'].map(go)
    await Promise.resolve()
    expect(order).toEqual(['a', 'b'])
    open.a?.(false)
    await vi.waitFor(() => expect(order).toContain('c'))
    expect(order).not.toContain('d')
    open.b?.(true)
    await vi.waitFor(() => expect(order).toContain('d'))
    open.c?.(true)
    open.d?.(true)
    await Promise.all(all)
  })
})

it('counts whole years as birthdays do', () => {
  const now = new Date(2026, 10, 23).getTime()
  expect(years('2017-11-23', now)).toBe(9)
  expect(years('2017-11-24', now)).toBe(8)
  expect(years('2027-01-01', now)).toBe(0)
})

it('says of a past contact what it was about, else how it ended', () => {
  const t = (key: string) => key
  expect(contactText({ id: '1', disposition: 'billing' }, t, (code) => `D:${code}`)).toBe('D:billing')
  expect(contactText({ id: '1', queue: { id: 'q', code: 'fault', name: '故障' }, end_reason: 'customer_hung_up' } as never, t, String)).toContain('故障')
})

describe('boxes', () => {
  let root: Root
  let host: HTMLElement
  const answers = new Map<string, () => Promise<Response> | Response>()
  const view = { tenant: null, customer: 'c1' }
  const json = (body: object) => new Response(JSON.stringify(body), { status: 200 })
  const settle = async (milliseconds = 0) => act(async () => vi.advanceTimersByTimeAsync(milliseconds))

  beforeEach(async () => {
    ;(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true
    vi.useFakeTimers()
    await startI18n('zh')
    answers.clear()
    vi.stubGlobal('fetch', async (url: string) => {
      const answer = answers.get(url.split('/').at(-1) ?? '')
      return answer ? answer() : json({ items: [] })
    })
    host = document.body.appendChild(document.createElement('div'))
    root = createRoot(host)
  })
  afterEach(() => {
    act(() => root.unmount())
    host.remove()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const show = (what: React.ReactNode) =>
    act(() => root.render(<QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>{what}</QueryClientProvider>))
  const text = () => host.textContent ?? ''

  it('show nothing for 300 ms, then a skeleton, at 3 s one line, and what comes at last', async () => {
    let come: (answer: Response) => void = () => undefined
    answers.set('products', () => new Promise((resolve) => (come = resolve)))
    show(<ProductsBox view={view} />)
    await settle(200)
    expect(host.querySelector('.skeleton')).toBeNull()
    await settle(200)
    expect(host.querySelector('.skeleton')).not.toBeNull()
    await settle(2_700)
    expect(text()).toContain('3 秒未返回')
    come(json({ section: 'products', state: 'ready', items: [{ id: '1', name: '千兆宽带', number: null, status: 'active', price_minor: 9900, currency: 'CNY' }] }))
    await settle()
    expect(text()).toContain('千兆宽带')
    expect(host.querySelector('[data-testid=trouble]')).toBeNull()
  })

  it('say what is missing, ask again on demand and leave the rest as it is', async () => {
    answers.set('bills', () => json({ section: 'bills', state: 'late', items: [] }))
    answers.set('accounts', () => json({ section: 'accounts', state: 'ready', items: [{ id: 'a', no: 'A1', kind: 'prepaid', balance_minor: 4860, currency: 'CNY', status: 'active' }] }))
    show(<MoneyBox view={view} />)
    await settle(10)
    expect(text()).toContain('业务系统未按时返回')
    expect(text()).toContain('¥ 48.60')
    answers.set('bills', () => json({ section: 'bills', state: 'ready', items: [] }))
    act(() => host.querySelector<HTMLButtonElement>('[data-testid=trouble] button')?.click())
    await settle(10)
    expect(text()).not.toContain('未按时')
    expect(text()).toContain('没有账单')
  })

  it('keep the height of their rows however many there are, until all are asked for', async () => {
    const many = ['父', '母', '子', '女'].map((name, n) => ({ id: String(n), kind: 'family', customer_id: name, no: '', name, class: 'normal', phone: null }))
    answers.set('relations', () => json({ section: 'relations', state: 'ready', items: many }))
    show(<RelationsBox view={view} />)
    const box = () => host.querySelector<HTMLElement>('.box-rows')
    expect(box()?.style.getPropertyValue('--rows')).toBe('2')
    await settle(10)
    expect(host.querySelectorAll('.row')).toHaveLength(2)
    expect(box()?.className).not.toContain('box-all')
    act(() => host.querySelector<HTMLButtonElement>('.section-extra button')?.click())
    expect(host.querySelectorAll('.row')).toHaveLength(4)
    expect(box()?.className).toContain('box-all')
  })
})
