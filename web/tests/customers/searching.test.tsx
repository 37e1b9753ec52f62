import { act, createElement } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { SearchField } from '@/features/customers/list/SearchField'

vi.mock('react-i18next', () => ({ useTranslation: () => ({ t: (key: string) => key, i18n: { language: 'zh' } }) }))

let root: Root
let host: HTMLElement
const onSearch = vi.fn()
const onLeave = vi.fn()

const show = (value: string) => act(() => root.render(createElement(SearchField, { value, onSearch, onLeave, busy: false, keycap: false })))
const field = () => host.querySelector('input') as HTMLInputElement
function write(text: string, isComposing = false): void {
  act(() => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field(), text)
    const event = new InputEvent('input', { bubbles: true })
    Object.defineProperty(event, 'isComposing', { value: isComposing })
    field().dispatchEvent(event)
  })
}
const wait = () => act(() => vi.advanceTimersByTime(1_000))

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  host = document.body.appendChild(document.createElement('div'))
  root = createRoot(host)
})
afterEach(() => {
  act(() => root.unmount())
  host.remove()
  vi.useRealTimers()
  vi.unstubAllGlobals()
  onSearch.mockReset()
  onLeave.mockReset()
})

describe('the search field', () => {
  it('searches once one pauses, not for each letter', () => {
    show('')
    write('1')
    write('13')
    write('138')
    expect(onSearch).not.toHaveBeenCalled()
    wait()
    expect(onSearch.mock.calls).toEqual([['138']])
  })

  it('never searches for the pinyin of an input method, only for the Han it becomes', () => {
    show('')
    act(() => void field().dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true })))
    write('w', true)
    write("wang'f", true)
    wait()
    expect(onSearch).not.toHaveBeenCalled()
    write('王芳', true)
    act(() => void field().dispatchEvent(new CompositionEvent('compositionend', { bubbles: true })))
    wait()
    expect(onSearch.mock.calls).toEqual([['王芳']])
  })

  it('follows the address bar when one goes back', () => {
    show('王芳')
    show('李')
    expect(field().value).toBe('李')
  })

  it('opens the first on Enter once its search is what is shown, and searches at once before', () => {
    show('')
    write('王')
    const enter = () => act(() => void field().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })))
    enter()
    expect(onSearch.mock.calls).toEqual([['王']])
    expect(onLeave).not.toHaveBeenCalled()
    show('王')
    enter()
    expect(onLeave.mock.calls).toEqual([[true]])
  })
})
