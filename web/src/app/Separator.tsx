import { useRef } from 'react'

interface Props {
  className: string
  label: string
  orientation: 'horizontal' | 'vertical'
  value: number
  min: number
  max: number
  /** The pointer drags it: where the pointer is in the window. */
  onMove: (at: { x: number; y: number }) => void
  onDone: () => void
  /** An arrow key: -1 towards left or top. */
  onStep: (by: 1 | -1) => void
}

const keys: Record<string, 1 | -1> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }

/** An edge between two regions that can be moved by hand or, in the focus, by arrow keys. */
export function Separator({ className, label, orientation, value, min, max, onMove, onDone, onStep }: Props) {
  const held = useRef(false)
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an <hr> takes no focus
    <div
      className={`separator ${className}`}
      role="separator"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a separator that moves is a control
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      onPointerDown={(event) => {
        event.preventDefault()
        held.current = true
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={({ clientX, clientY }) => held.current && onMove({ x: clientX, y: clientY })}
      onPointerUp={() => {
        held.current = false
        onDone()
      }}
      onPointerCancel={() => {
        held.current = false
        onDone()
      }}
      onKeyDown={(event) => {
        const by = keys[event.key]
        if (!by || event.altKey || event.ctrlKey) return
        event.preventDefault()
        onStep(by)
      }}
    />
  )
}
