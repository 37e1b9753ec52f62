import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { PromptsPage } from '@/features/prompts/PromptsPage'
import type { Prompt } from '@/features/prompts/prompts'
import { addTexts, startI18n } from '@/shared/i18n'
import { promptsZh } from '@/shared/i18n/prompts.zh'

const sound = { own: true, seconds: 2, source: null, warnings: [], by: null, at: null }
const prompt = (name: string): Prompt => ({ name, own: true, shipped: false, text_zh: '您好', text_en: '', languages: { zh: sound, en: null }, used_in: [], queues: [] })

vi.mock('@/shared/ui/may', () => ({ useMay: () => () => true }))

let root: Root
let box: HTMLElement
let opened: (string | null)[]

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  await startI18n('zh')
  addTexts({ zh: promptsZh })
  opened = []
  box = document.body.appendChild(document.createElement('div'))
  root = createRoot(box)
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  queries.setQueryData(['/prompts', 'all'], [prompt('hello'), prompt('other')])
  await act(async () =>
    root.render(
      <QueryClientProvider client={queries}>
        <PromptsPage open="hello" onOpen={(name) => opened.push(name)} onFlow={() => undefined} />
      </QueryClientProvider>,
    ),
  )
})
afterEach(() => {
  act(() => root.unmount())
  document.body.replaceChildren()
  vi.unstubAllGlobals()
})

const byTestId = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)
const write = (text: string) =>
  act(async () => {
    const field = byTestId('prompt-text-zh') as HTMLTextAreaElement
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(field, text)
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })
const close = () => act(async () => byTestId('sheet-close')?.click())

it('words that are changed are not lost without a question', async () => {
  await write('欢迎')
  await close()
  expect(opened).toEqual([])
  await vi.waitFor(() => expect(document.body.textContent).toContain('“hello”的文字改动还没有保存'))
  await act(async () => document.querySelector<HTMLElement>('.prompts-lose-yes')?.click())
  expect(opened).toEqual([null])
})

it('nothing is asked where nothing is lost', async () => {
  await write('欢迎')
  await write('您好')
  await close()
  expect(opened).toEqual([null])
})
