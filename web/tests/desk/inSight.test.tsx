import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { useInSight } from '@/shared/ui/useInSight'

let seen: boolean | undefined

function Tool({ visible }: { visible: boolean }) {
  seen = useInSight(visible)
  return null
}

const front = (is: boolean) => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(!is)
  act(() => void document.dispatchEvent(new Event('visibilitychange')))
}

describe('what stands in a tool', () => {
  afterEach(() => void vi.restoreAllMocks())

  it('is seen while the panel is open and the page in front, and at once when it comes there', () => {
    const root = createRoot(document.createElement('div'))
    front(true)
    act(() => root.render(<Tool visible={false} />))
    expect(seen).toBe(false)
    act(() => root.render(<Tool visible />))
    expect(seen).toBe(true)
    front(false)
    expect(seen).toBe(false)
    front(true)
    expect(seen).toBe(true)
    act(() => root.unmount())
  })
})
