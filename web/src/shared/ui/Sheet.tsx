import { useEffect, useRef, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { composing, isEditable } from '../keys/keys'
import { Icon } from './Icon'

interface Props {
  title: ReactNode
  /** Names it for those who cannot see it. */
  label: string
  marks?: ReactNode
  onClose: () => void
  children: ReactNode
  /** Stays in sight below what scrolls. */
  foot?: ReactNode
  testId?: string
}

/** One record beside its list; the list stays usable. Esc leaves a field first, then the sheet. */
export function Sheet({ title, label, marks, onClose, children, foot, testId }: Props) {
  const { t } = useTranslation()
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    const sheet = box.current
    // It was asked for: reading goes on here, unless something inside has taken the focus already.
    if (!sheet?.contains(before)) sheet?.focus({ preventScroll: true })
    return () => {
      const now = document.activeElement
      if (before instanceof HTMLElement && before.isConnected && (!now || now === document.body || sheet?.contains(now))) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    // Esc comes here from whatever inside has not used it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside
      ref={box}
      className="sheet"
      tabIndex={-1}
      aria-label={label}
      data-region="sheet"
      data-testid={testId}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || composing(event.nativeEvent) || isEditable(event.target)) return
        event.preventDefault()
        onClose()
      }}
    >
      <header className="sheet-head">
        <h2 className="ellipsis">{title}</h2>
        {marks}
        <button type="button" className="icon-button sheet-close" aria-label={t('list.close')} title={t('list.close')} data-testid="sheet-close" onClick={onClose}>
          <Icon name="close" size={18} />
        </button>
      </header>
      <div className="sheet-body">{children}</div>
      {foot && <footer className="sheet-foot">{foot}</footer>}
    </aside>
  )
}
