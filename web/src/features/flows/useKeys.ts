import { useEffect, useLayoutEffect, useRef } from 'react'

import { composing, isEditable } from '@/shared/keys/keys'

/**
 * Keys of the canvas. They come to it only when nothing else has used them: F8 mutes while there is a call, and a field
 * keeps its letters.
 */
export function useCanvasKeys(act: (key: string, event: KeyboardEvent) => boolean): void {
  const latest = useRef(act)
  useLayoutEffect(() => {
    latest.current = act
  })
  useEffect(() => {
    const struck = (event: KeyboardEvent) => {
      if (event.defaultPrevented || composing(event)) return
      const target = event.target instanceof HTMLElement ? event.target : null
      const control = event.ctrlKey || event.metaKey
      // To the next problem from a field, too: there it is mended.
      if ((isEditable(target) && event.key !== 'F8') || target?.closest('[role="dialog"], [role="listbox"], [role="menu"], .ant-modal, .ant-select, .ant-popover')) return
      // On a button Enter and the space bar press it; on the canvas they open.
      const onButton = target?.closest('button, a, [role="radio"], input') ?? null
      const name = `${control ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${event.shiftKey ? 'Shift+' : ''}${event.key.length === 1 ? event.key.toUpperCase() : event.key}`
      if (onButton && (name === 'Enter' || name.startsWith('Arrow'))) return
      if (control && !event.altKey && window.getSelection()?.toString() && name === 'Ctrl+C') return
      if (latest.current(name, event)) event.preventDefault()
    }
    window.addEventListener('keydown', struck)
    return () => window.removeEventListener('keydown', struck)
  }, [])
}
