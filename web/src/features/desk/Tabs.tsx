import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { useKeysOf } from '@/shared/keys/actions'
import { useHotkey } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import type { Tab } from './tabs'
import { MoreTabs } from './MoreTabs'
import { useFit } from './useFit'

interface Props {
  tabs: readonly Tab[]
  active: string
  /** Those with a draft that nobody has submitted. */
  unsent: ReadonlySet<string>
  onOpen: (id: string) => void
  onClose: (tab: Tab) => void
  onAdd: () => void
  /** The menu of businesses, while it is open. */
  menu: ReactNode
}

/** For the button that adds one; for the one that says how many more there are. */
const add_width = 48
const more_width = 116
/** Alt and a digit reach so many. */
const numbered = 9

/** Numbered pages of the selected interaction; Alt and the number opens one. They keep width and order. */
export function Tabs({ tabs, active, unsent, onOpen, onClose, onAdd, menu }: Props) {
  const { t } = useTranslation()
  const keys = useKeysOf()
  const bar = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const [more, setMore] = useState(false)
  const label = (tab: Tab) => tab.label ?? t(`tab.${tab.id}`)
  const fit = useFit(bar, list, tabs.map((tab) => `${label(tab)}${unsent.has(tab.id) ? '*' : ''}`).join('|'), add_width, more_width)
  const hidden = tabs.slice(fit.count)
  const hiddenActive = hidden.find((tab) => tab.id === active)
  return (
    <div ref={bar} className="tabs-bar">
      <div ref={list} className="tabs" role="tablist" aria-label={t('tab.title')} style={hidden.length > 0 ? { width: fit.width } : undefined}>
        {tabs.map((tab, index) => (
          <TabButton
            key={tab.id}
            tab={tab}
            number={index < numbered ? index + 1 : null}
            active={tab.id === active}
            unsent={unsent.has(tab.id)}
            away={index >= fit.count}
            label={label(tab)}
            onOpen={onOpen}
            onClose={onClose}
          />
        ))}
      </div>
      {hidden.length > 0 && (
        <button
          type="button"
          className={`tab tab-more ${hiddenActive ? 'tab-more-active' : ''}`}
          aria-haspopup="menu"
          aria-expanded={more}
          title={t('business.more', { count: hidden.length })}
          data-testid="tabs-more"
          onClick={() => setMore(!more)}
        >
          <b>+{hidden.length}</b>
          <span className="ellipsis">{hiddenActive && label(hiddenActive)}</span>
          {hidden.some((tab) => unsent.has(tab.id)) && <span className="tab-dot" title={t('business.unsent')} />}
        </button>
      )}
      <button type="button" className="tab tab-add" aria-haspopup="menu" aria-expanded={menu !== null} aria-label={t('business.add')} title={`${t('business.add')} ${keys('business')}`} data-testid="tabs-add" onClick={onAdd}>
        <Icon name="plus" />
      </button>
      {menu}
      {more && <MoreTabs tabs={hidden} active={active} label={label} unsent={unsent} onOpen={onOpen} onClose={() => setMore(false)} />}
    </div>
  )
}

interface ButtonProps {
  tab: Tab
  number: number | null
  active: boolean
  unsent: boolean
  /** No room for it in the bar. */
  away: boolean
  label: string
  onOpen: (id: string) => void
  onClose: (tab: Tab) => void
}

function TabButton({ tab, number, active, unsent, away, label, onOpen, onClose }: ButtonProps) {
  const { t } = useTranslation()
  useHotkey(`Alt+${number ?? 'none'}`, () => onOpen(tab.id), number !== null)
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Delete' || !tab.form) return
    event.preventDefault()
    onClose(tab)
  }
  return (
    <button
      type="button"
      id={`tab-${tab.id}`}
      role="tab"
      className={`tab ${away ? 'tab-away' : ''}`}
      aria-selected={active}
      aria-keyshortcuts={number === null ? undefined : `Alt+${number}`}
      data-testid="tab"
      data-tab={tab.id}
      onClick={() => onOpen(tab.id)}
      onAuxClick={(event) => event.button === 1 && tab.form && onClose(tab)}
      onKeyDown={onKey}
    >
      <Icon name={tab.icon} />
      <span>{label}</span>
      {number !== null && <span className="tab-number">{number}</span>}
      {(unsent || tab.form) && (
        <span className="tab-mark">
          {unsent && <span className="tab-dot" role="img" aria-label={t('business.unsent')} title={t('business.unsent')} data-testid="tab-unsent" />}
          {tab.form && <CloseMark onClose={() => onClose(tab)} />}
        </span>
      )}
    </button>
  )
}

/** In the place of the dot, for the mouse; by key a tab is closed with Delete, and its page has a button. */
function CloseMark({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <span
      className="tab-close"
      aria-hidden="true"
      title={t('business.close')}
      onClick={(event) => {
        event.stopPropagation()
        onClose()
      }}
    >
      <Icon name="close" size={12} />
    </span>
  )
}
