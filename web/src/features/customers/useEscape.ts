import { useEffect, useRef } from 'react'

import { composing, isEditable } from '@/shared/keys/keys'

/** Esc leaves a field first, then the page; a layer that floats above takes it before both. */
export function useEscape(leave: () => void): void {
  const current = useRef(leave)
  useEffect(() => {
    current.current = leave
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || composing(event)) return
      if (isEditable(event.target) || document.querySelector('.ant-modal-wrap, .ant-popover:not(.ant-popover-hidden), .ant-dropdown:not(.ant-dropdown-hidden)')) return
      // The page on top was mounted last and answers alone.
      event.preventDefault()
      current.current()
    }
    // The field's own listener, on the way up, still sees the field; by the time this runs nobody else wants the key.
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
