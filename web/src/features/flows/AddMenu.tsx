import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { composing } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import { looks } from './kinds'
import { type Kind, kinds } from './types'

/** A node by keys alone: type a few letters, Enter adds the first that fits. */
export function AddMenu({ onAdd, onClose }: { onAdd: (kind: Kind) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  const wanted = text.trim().toLowerCase()
  const found = kinds.filter((kind) => kind.startsWith(wanted) || t(`flows.kind.${kind}`).toLowerCase().includes(wanted))
  const place = Math.min(at, found.length - 1)
  return (
    <div className="flow-add" role="dialog" aria-label={t('flows.addNode')} data-testid="flow-add">
      <input
        ref={field}
        value={text}
        placeholder={t('flows.addHint')}
        aria-label={t('flows.addNode')}
        maxLength={30}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onBlur={onClose}
        onKeyDown={(event) => {
          if (composing(event.nativeEvent)) return
          const kind = found[place]
          if (event.key === 'Escape') onClose()
          else if (event.key === 'Enter' && kind) onAdd(kind)
          else if (event.key === 'ArrowDown') setAt(Math.min(found.length - 1, place + 1))
          else if (event.key === 'ArrowUp') setAt(Math.max(0, place - 1))
          else return
          event.preventDefault()
          event.stopPropagation()
        }}
      />
      <ul>
        {found.map((kind, number) => (
          <li key={kind}>
            {/* Before the field loses the focus and the menu is gone. */}
            <button type="button" tabIndex={-1} aria-current={number === place ? 'true' : undefined} onMouseDown={(event) => event.preventDefault()} onClick={() => onAdd(kind)}>
              <Icon name={looks[kind].icon} size={15} /> {t(`flows.kind.${kind}`)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
