import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { BusinessKind } from '@/shared/api/businesses'
import type { Contact } from '@/shared/drafts/model'
import { composing } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { Empty, ErrorLine, Keycap } from '@/shared/ui/parts'
import { nameOf } from './form/schema'
import { useKinds } from './kinds'

/** Every kind of business by its letter. Closing gives the focus back to where it was, unless something was opened. */
export function BusinessMenu({ contact, onOpen, onClose }: { contact: Contact; onOpen: (kind: BusinessKind) => void; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const { query, kinds } = useKinds(contact)
  const menu = useRef<HTMLDivElement>(null)
  const opened = useRef(false)

  useEffect(() => {
    const before = document.activeElement
    menu.current?.focus()
    return () => {
      if (!opened.current && before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])

  const open = (kind: BusinessKind | undefined) => {
    if (!kind) return
    opened.current = true
    onOpen(kind)
  }
  const step = (by: number) => {
    const items = [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
    const at = items.indexOf(document.activeElement as HTMLElement)
    items[(at + by + items.length) % items.length]?.focus()
  }
  const onKey = (event: KeyboardEvent) => {
    if (composing(event.nativeEvent) || event.ctrlKey || event.altKey || event.metaKey) return
    const letter = kinds.find((kind) => kind.letter !== '' && kind.letter === event.key.toLowerCase())
    if (event.key === 'Escape') onClose()
    else if (event.key === 'ArrowDown') step(1)
    else if (event.key === 'ArrowUp') step(document.activeElement === menu.current ? 0 : -1)
    else if (event.key === 'Tab') onClose()
    else if (letter) open(letter)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <>
      <div className="bm-ground" role="presentation" onMouseDown={onClose} />
      <div ref={menu} className="bm" role="menu" tabIndex={-1} aria-label={t('business.menu')} data-testid="business-menu" onKeyDown={onKey}>
        <p className="bm-head" role="presentation">
          {t('business.menu')} <small>{t('business.menuHint')}</small>
        </p>
        {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
        {query.isSuccess && kinds.length === 0 && <Empty>{t('business.none')}</Empty>}
        <div className="bm-list" role="presentation">
          {kinds.map((kind) => (
            <button key={kind.code} type="button" role="menuitem" tabIndex={-1} className="bm-item" data-testid={`business-${kind.code}`} onClick={() => open(kind)}>
              <Icon name={kind.icon as IconName} />
              <span>{nameOf(kind, i18n.language)}</span>
              {kind.letter && <Keycap>{kind.letter.toUpperCase()}</Keycap>}
            </button>
          ))}
        </div>
      </div>
    </>
  )
}
