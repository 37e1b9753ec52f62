import { useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { CustomerCard } from '@/shared/api/types'
import { phone } from '@/shared/format/phone'
import { composing } from '@/shared/keys/keys'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { Icon } from '@/shared/ui/Icon'
import { Keycap } from '@/shared/ui/parts'
import { router } from '../router'
import type { Command } from './commands'
import { ranked } from './fuzzy'
import { useCustomers } from './useCustomers'

interface Entry extends Command {
  card?: CustomerCard
}

interface Props {
  commands: readonly Command[]
  /** Whether customers may be looked for. */
  customers: boolean
  onClose: () => void
}

const page = 8

/** Ctrl K: everything by its name, without the mouse. Closing gives the focus back to where it was. */
export function Palette({ commands, customers, onClose }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [index, setIndex] = useState(0)
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const { cards, searching, failed } = useCustomers(text, customers)

  useLayoutEffect(() => {
    const before = document.activeElement
    const input = field.current
    input?.focus()
    return () => {
      const now = document.activeElement
      // Only if the focus is still ours to give: a command may have led it elsewhere.
      if (before instanceof HTMLElement && before.isConnected && (now === null || now === document.body || now === input)) before.focus()
    }
  }, [])

  const entries: Entry[] = [
    ...ranked(text, commands),
    ...cards.map(
      (card): Entry => ({ id: `customer ${card.id}`, group: 'customer', icon: 'person', text: card.name, note: [card.no, phone(card.phones[0])].filter(Boolean).join(' · '), card, act: () => void router.navigate({ to: `/customers/${card.id}` as '/customers' }) }),
    ),
  ]
  const at = Math.min(index, entries.length - 1)

  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [at, text])

  const run = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    entry.act()
  }

  const onKey = (event: KeyboardEvent) => {
    if (composing(event.nativeEvent)) return
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }
    const step = steps[event.key]
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      onClose()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(entries[at])
    } else if (event.key === 'Tab') {
      event.preventDefault()
    } else if (step !== undefined && entries.length > 0) {
      event.preventDefault()
      const next = at + step
      // By one it goes round; by a page it stops at the ends.
      setIndex(Math.abs(step) === 1 ? (next + entries.length) % entries.length : Math.max(0, Math.min(entries.length - 1, next)))
    }
  }

  return (
    <div className="palette-ground" role="presentation" onMouseDown={(event) => event.target === event.currentTarget && onClose()}>
      <div className="palette" role="dialog" aria-modal="true" aria-label={t('palette.title')} data-testid="palette">
        <div className="palette-field">
          <Icon name="search" className="muted" />
          <input
            ref={field}
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={entries[at] ? `palette-${at}` : undefined}
            aria-label={t('palette.placeholder')}
            placeholder={t('palette.placeholder')}
            autoComplete="off"
            spellCheck={false}
            value={text}
            data-testid="palette-field"
            onChange={(event) => {
              setText(event.target.value)
              setIndex(0)
            }}
            onKeyDown={onKey}
          />
        </div>
        <div ref={list} id="palette-list" className="palette-list" role="listbox" aria-label={t('palette.title')}>
          {entries.map((entry, place) => (
            <div key={entry.id} role="presentation">
              {entry.group !== entries[place - 1]?.group && (text === '' || entry.group === 'customer') && (
                <p className="palette-group" role="presentation">
                  {t(`palette.group.${entry.group}`)}
                </p>
              )}
              {/* The field keeps the focus and handles the keys (ARIA 1.2 combobox). */}
              {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus */}
              <div
                id={`palette-${place}`}
                role="option"
                aria-selected={place === at}
                className="palette-entry"
                data-testid="palette-entry"
                onMouseDown={(event) => event.preventDefault()}
                onMouseMove={() => setIndex(place)}
                onClick={() => run(entry)}
              >
                <Icon name={entry.icon} className={place === at ? 'text-accent' : 'muted'} />
                <span className="ellipsis">{entry.text}</span>
                {entry.card && <CustomerClass value={entry.card.class} short />}
                {entry.note && <span className="palette-note">{entry.note}</span>}
              </div>
            </div>
          ))}
          {entries.length === 0 && !searching && <p className="palette-empty">{t('palette.nothing', { text: text.trim() })}</p>}
          {searching && cards.length === 0 && <p className="palette-empty">{t('palette.searching')}</p>}
          {failed && <p className="palette-empty">{t('palette.failed')}</p>}
        </div>
        <p className="palette-foot">
          <span>
            <Keycap>↑</Keycap> <Keycap>↓</Keycap> {t('palette.keys')}
          </span>
          <span>
            <Keycap>Enter</Keycap> {t('palette.run')}
          </span>
          <span>
            <Keycap>Esc</Keycap> {t('palette.close')}
          </span>
          <span className="palette-hint">{t('palette.hint')}</span>
        </p>
      </div>
    </div>
  )
}
