import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { ScriptTool } from '@/features/scripts/ScriptTool'
import type { ScriptRun, Suggestions } from '@/shared/api/knowledge'
import type { InteractionDocument } from '@/shared/api/types'
import { startI18n } from '@/shared/i18n'

const opened = vi.fn()
vi.mock('@/features/businesses/open', () => ({ openBusiness: (_: unknown, kind: string) => opened(kind) }))
vi.mock('@/shared/live/store', () => ({ useLink: () => ({ status: 'online' }) }))

const contact = { id: 'i1', tenant: { id: 't1' }, state: 'talk', customer: { id: 'c1' }, agent_id: 'a1', trail: [] } as unknown as InteractionDocument
const text = (words: string) => ({ text: words, field: null, missing: false })
const step = (id: string, number: number, branches: ScriptRun['step']['branches']): ScriptRun['step'] => ({
  id,
  number,
  total: 2,
  parts: [{ text: '王女士', field: 'customer.honorific', missing: false }, text(`，${id}`)],
  parts_en: [text(id)],
  branches,
})
const ask = step('ask', 1, [
  { label: '好了', label_en: 'Mended', leads_to: null, effect: null },
  { label: '没有', label_en: 'No', leads_to: 2, effect: { kind: 'business', code: 'fault' } },
])
const named = { code: 'visit', name: '回访', name_en: 'Follow-up', version: 7 }
const best = { ...named, id: 's1', fits: true, best: true, why: ['disposition' as const], followed: false }
const other = { ...best, id: 's2', code: 'other', name: '其他话术', best: false, why: [] }
const running = (at: ScriptRun['step'], read = 1): ScriptRun => ({ ...named, id: 'r1', script_id: 's1', step: at, read, started_at: '2026-01-01T00:00:00Z', ended_at: null, outcome: null, effect: null })

let root: Root
let host: HTMLElement
let found: Suggestions
const asked: Array<[string, string, unknown]> = []

const answer = (body: unknown) => new Response(JSON.stringify(body), { status: 200, headers: { 'content-type': 'application/json' } })
const tool = () => host.querySelector<HTMLElement>('#script-tool') as HTMLElement
const strike = (key: string, target: HTMLElement = tool()) => act(() => void target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })))

beforeEach(async () => {
  await startI18n('zh')
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  asked.length = 0
  opened.mockReset()
  found = { items: [best, other], opening: ask, running: null, next_cursor: null }
  vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => {
    const body: unknown = init.body ? JSON.parse(init.body as string) : null
    if (init.method === 'GET') return Promise.resolve(answer(found))
    asked.push([init.method ?? '', url.replace('/api/v1/interactions/i1', ''), body])
    return Promise.resolve(answer(url.endsWith('/steps') ? running(step('visit', 2, []), 2) : running(ask)))
  })
  host = document.body.appendChild(document.createElement('div'))
  root = createRoot(host)
  act(() => root.render(<QueryClientProvider client={new QueryClient()}>{<ScriptTool interaction={contact} />}</QueryClientProvider>))
})
afterEach(() => {
  act(() => root.unmount())
  host.remove()
  vi.unstubAllGlobals()
})

describe('the script beside a contact', () => {
  it('reads the beginning of the one that suits best, with what was filled in marked', async () => {
    await vi.waitFor(() => expect(host.textContent).toContain('王女士，ask'))
    expect(host.querySelector('.spoken-filled')?.textContent).toBe('王女士')
    expect(host.querySelector('[data-testid=script-place]')?.textContent).toBe('v7 · 1/2')
    expect(asked).toEqual([])
  })

  it('begins and goes on by one digit, and opens the business the answer stands for', async () => {
    await vi.waitFor(() => expect(host.textContent).toContain('没有'))
    strike('3')
    strike('2')
    await vi.waitFor(() => expect(host.textContent).toContain('王女士，visit'))
    expect(asked).toEqual([
      ['POST', '/script-runs', { script_id: 's1' }],
      ['POST', '/script-runs/r1/steps', { step: 'ask', branch: 1 }],
    ])
    expect(opened.mock.calls).toEqual([['fault']])
    strike('Backspace')
    await vi.waitFor(() => expect(asked.at(-1)?.[1]).toBe('/script-runs/r1/back'))
  })

  it('lets another be picked, and digits in the search field are text', async () => {
    await vi.waitFor(() => expect(host.textContent).toContain('换一个'))
    act(() => host.querySelector<HTMLElement>('[data-testid=script-other]')?.click())
    const field = host.querySelector('input') as HTMLElement
    strike('1', field)
    expect(asked).toEqual([])
    strike('2')
    await vi.waitFor(() => expect(asked).toEqual([['POST', '/script-runs', { script_id: 's2' }]]))
  })
})
