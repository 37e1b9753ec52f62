import { Input, type InputRef } from 'antd'
import { useEffect, useRef, useState, type Ref } from 'react'
import { useTranslation } from 'react-i18next'

import { composing } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import { Keycap } from '@/shared/ui/parts'

const pause = 160

interface Props {
  value: string
  onSearch: (text: string) => void
  /** Arrow down, or Enter: into the rows, or into the first of them. */
  onLeave: (open: boolean) => void
  busy: boolean
  keycap: boolean
  ref?: Ref<InputRef>
}

/** Searches as one types, but never with half a word of an input method: pinyin on its way to Han is not a search. */
export function SearchField({ value, onSearch, onLeave, busy, keycap, ref }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState(value)
  const [sent, setSent] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  if (sent !== value) {
    // Changed from outside: a step back in the browser, or the filters cleared.
    setSent(value)
    setText(value)
  }

  const send = (next: string) => {
    clearTimeout(timer.current)
    const wanted = next.trim()
    if (wanted === value) return
    setSent(wanted)
    onSearch(wanted)
  }
  const later = (next: string) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => send(next), pause)
  }

  return (
    <Input
      ref={ref}
      value={text}
      allowClear
      className="customer-search"
      prefix={<Icon name="search" className={busy ? 'text-accent' : 'muted'} />}
      suffix={keycap && !text ? <Keycap>/</Keycap> : undefined}
      placeholder={t('customers.searchHint')}
      aria-label={t('customers.search')}
      data-testid="customers-search"
      data-first-action=""
      onChange={(event) => {
        setText(event.target.value)
        if (event.target.value === '') send('')
        else if (!(event.nativeEvent as InputEvent).isComposing) later(event.target.value)
      }}
      onCompositionStart={() => clearTimeout(timer.current)}
      onCompositionEnd={(event) => later(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (composing(event.nativeEvent)) return
        if (event.key === 'Enter') {
          if (text.trim() === value) onLeave(true)
          else send(text)
        } else if (event.key === 'ArrowDown') {
          event.preventDefault()
          onLeave(false)
        }
      }}
    />
  )
}
