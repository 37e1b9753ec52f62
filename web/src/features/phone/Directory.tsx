import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { apiOf } from '@/shared/api/client'
import type { InteractionDocument } from '@/shared/api/types'
import { problemText } from '@/shared/i18n'
import { ActionKey } from '@/shared/keys/ActionKey'
import { useAction } from '@/shared/keys/actions'
import { composing } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Keycap } from '@/shared/ui/parts'
import { DirectoryLine } from './DirectoryLine'
import { entriesOf, inOrder, type DirectoryPage, type Entry } from './entries'
import { sendTo } from './verbs'
import './directory.css'

const typing = 150
const afresh = 3_000

interface Props {
  call: InteractionDocument
  onClose: () => void
}

/** F9: whom to ask, or to whom the customer is to go. Enter asks, Ctrl Enter sends the customer there at once. */
export function Directory({ call, onClose }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [wanted, setWanted] = useState('')
  const [note, setNote] = useState('')
  const [chosen, setChosen] = useState<string | null>(null)
  const [busy, setBusy] = useState<'transfer' | 'consult' | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  /** Enter was struck before the answer to the last letters had come: it is meant for that answer. */
  const [struck, setStruck] = useState<'transfer' | 'consult' | null>(null)
  /** The lines as they were first shown for a text: later answers tell their states, not their order. */
  const [first, setFirst] = useState<{ text: string; entries: readonly Entry[] } | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const timer = setTimeout(() => setWanted(text.trim()), typing)
    return () => clearTimeout(timer)
  }, [text])
  const { data, isError, isPlaceholderData } = useQuery({
    queryKey: ['/directory', call.tenant.id, wanted],
    queryFn: ({ signal }) => apiOf(call).get<DirectoryPage>('/directory', { q: wanted, limit: 100 }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: afresh,
  })
  useLayoutEffect(() => {
    const before = document.activeElement
    field.current?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])

  const settled = isError || (wanted === text.trim() && !isPlaceholderData && data !== undefined)
  const found = entriesOf(text, data)
  const before = first?.text === text.trim() ? first.entries : null
  const entries = before ? inOrder(found, before) : found
  const more = entries.filter(({ key }) => !before?.some((one) => one.key === key))
  if (settled && !isError && (!before || more.length > 0)) setFirst({ text: text.trim(), entries: [...(before ?? []), ...more] })
  const at = Math.max(0, entries.findIndex(({ key }) => key === chosen))
  const entry = entries[at]
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [at, text])

  const go = async (verb: 'transfer' | 'consult', one: Entry | undefined = entry) => {
    if (busy) return
    if (!settled && one?.group !== 'outside' && one?.key !== chosen) {
      setStruck(verb)
      return
    }
    setStruck(null)
    if (!one) return
    setBusy(verb)
    setRefused(null)
    try {
      await sendTo(call, verb, one.to, note.trim())
      onClose()
    } catch (problem) {
      setRefused(t(`softphone.failed.${verb}${call.state === 'hold' ? 'Held' : ''}`, { why: problemText(problem, t) }))
      setBusy(null)
    }
  }
  useAction('submit', () => void go('transfer'))
  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- the request that was waiting for the answer
    if (settled && struck) void go(struck)
  })

  const onKey = (event: KeyboardEvent) => {
    if (composing(event.nativeEvent)) return
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      onClose()
    } else if (event.key === 'Enter' && !event.ctrlKey && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault()
      void go('consult')
    } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && entries.length > 0) {
      event.preventDefault()
      setChosen(entries[(at + (event.key === 'ArrowDown' ? 1 : -1) + entries.length) % entries.length]?.key ?? null)
    }
  }

  return (
    <div className="palette-ground" role="presentation" onMouseDown={(event) => event.target === event.currentTarget && onClose()}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the fields inside */}
      <div className="palette directory" role="dialog" aria-modal="true" aria-label={t('softphone.directory.title')} data-testid="directory" onKeyDown={onKey}>
        <div className="palette-field">
          <Icon name="search" className="muted" />
          <input
            ref={field}
            role="combobox"
            aria-expanded="true"
            aria-controls="directory-list"
            aria-activedescendant={entry ? `directory-${at}` : undefined}
            aria-label={t('softphone.directory.placeholder')}
            placeholder={t('softphone.directory.placeholder')}
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            value={text}
            data-testid="directory-field"
            onChange={(event) => {
              setText(event.target.value)
              setChosen(null)
              setRefused(null)
              setStruck(null)
            }}
          />
        </div>
        <div ref={list} id="directory-list" className="palette-list" role="listbox" tabIndex={-1} aria-label={t('softphone.directory.title')} aria-busy={!settled}>
          {entries.map((one, place) => (
            <div key={one.key} role="presentation">
              {one.group !== entries[place - 1]?.group && (
                <p className="palette-group" role="presentation">
                  {t(`softphone.directory.${one.group}`)}
                </p>
              )}
              <DirectoryLine id={`directory-${place}`} entry={one} chosen={place === at} onChoose={() => setChosen(one.key)} onTake={() => void go('consult', one)} />
            </div>
          ))}
          {data?.next_cursor && <p className="palette-empty">{t('softphone.directory.more')}</p>}
          {isError && <p className="palette-empty text-amber">{t('softphone.directory.failed')}</p>}
          {entries.length === 0 && !isError && <p className="palette-empty">{settled ? t('softphone.directory.nothing', { text: text.trim() }) : t('softphone.directory.loading')}</p>}
        </div>
        <div className="directory-note">
          <input
            aria-label={t('softphone.directory.note')}
            placeholder={`${t('softphone.directory.note')} · ${t('softphone.directory.notePlaceholder')}`}
            value={note}
            maxLength={4000}
            autoComplete="off"
            data-testid="directory-note"
            onChange={(event) => setNote(event.target.value)}
          />
        </div>
        {refused && <ErrorLine>{refused}</ErrorLine>}
        <p className="palette-foot">
          <span>
            <Keycap>↑</Keycap> <Keycap>↓</Keycap> {t('softphone.directory.keys')}
          </span>
          <span>
            <Keycap>Esc</Keycap> {t('softphone.directory.close')}
          </span>
          <span className="directory-acts">
            <button type="button" className="directory-act" aria-disabled={!entry || busy !== null} data-testid="directory-transfer" onClick={() => void go('transfer')}>
              <Icon name="transfer" size={14} /> {t('softphone.directory.transfer')} <ActionKey id="submit" />
            </button>
            <button type="button" className="directory-act directory-act-first" aria-disabled={!entry || busy !== null} data-testid="directory-consult" onClick={() => void go('consult')}>
              <Icon name="consult" size={14} /> {t('softphone.directory.consult')} <Keycap>Enter</Keycap>
            </button>
          </span>
        </p>
      </div>
    </div>
  )
}
