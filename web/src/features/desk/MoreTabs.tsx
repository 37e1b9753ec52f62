import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import type { Tab } from './tabs'

interface Props {
  tabs: readonly Tab[]
  active: string
  unsent: ReadonlySet<string>
  label: (tab: Tab) => string
  onOpen: (id: string) => void
  onClose: () => void
}

/** The tabs that have no room in the bar. */
export function MoreTabs({ tabs, active, unsent, label, onOpen, onClose }: Props) {
  const { t } = useTranslation()
  const menu = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const before = document.activeElement
    menu.current?.querySelector('button')?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === 'Escape' || event.key === 'Tab') onClose()
    else if (step) {
      const items = [...(menu.current?.querySelectorAll('button') ?? [])]
      items[(items.indexOf(document.activeElement as HTMLButtonElement) + step + items.length) % items.length]?.focus()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <>
      <div className="bm-ground" role="presentation" onMouseDown={onClose} />
      <div ref={menu} className="bm bm-narrow" role="menu" tabIndex={-1} aria-label={t('business.more', { count: tabs.length })} onKeyDown={onKey}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className="bm-item"
            aria-current={tab.id === active}
            data-testid="tab-away"
            data-tab={tab.id}
            onClick={() => {
              onClose()
              onOpen(tab.id)
            }}
          >
            <Icon name={tab.icon} />
            <span>{label(tab)}</span>
            {unsent.has(tab.id) && <span className="tab-dot" title={t('business.unsent')} />}
          </button>
        ))}
      </div>
    </>
  )
}
