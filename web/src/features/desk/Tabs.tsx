import { useTranslation } from 'react-i18next'

import { useHotkey } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import type { Tab } from './tabs'

interface Props {
  tabs: readonly Tab[]
  active: string
  onOpen: (id: string) => void
}

/** Numbered pages of the selected interaction; Alt and the number opens one. */
export function Tabs({ tabs, active, onOpen }: Props) {
  const { t } = useTranslation()
  return (
    <div className="tabs" role="tablist" aria-label={t('tab.title')}>
      {tabs.map((tab, index) => (
        <TabButton key={tab.id} tab={tab} number={index + 1} active={tab.id === active} onOpen={onOpen} label={t(`tab.${tab.id}`)} />
      ))}
    </div>
  )
}

interface ButtonProps {
  tab: Tab
  number: number
  active: boolean
  label: string
  onOpen: (id: string) => void
}

function TabButton({ tab, number, active, label, onOpen }: ButtonProps) {
  useHotkey(`Alt+${number}`, () => onOpen(tab.id))
  return (
    <button type="button" id={`tab-${tab.id}`} role="tab" className="tab" aria-selected={active} aria-keyshortcuts={`Alt+${number}`} onClick={() => onOpen(tab.id)}>
      <Icon name={tab.icon} />
      <span>{label}</span>
      <span className="tab-number">{number}</span>
    </button>
  )
}
