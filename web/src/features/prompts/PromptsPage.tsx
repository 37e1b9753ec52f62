import { Button, Input, Modal, Select } from 'antd'
import { useCallback, useEffect, useRef, useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { useAll } from '@/shared/api/lists'
import { DataTable, type Column } from '@/shared/ui/DataTable'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip, Empty, ErrorLine } from '@/shared/ui/parts'
import { NewPrompt } from './NewPrompt'
import './prompts.css'
import { PromptSheet } from './PromptSheet'
import { filters, heard, length, path, shown, tongues, wordsOf, type Filter, type Prompt, type Tongue } from './prompts'
import { usePlayer, type Player } from './usePlayer'

/** 提示音: everything callers are told by name, in whose voice, and where it is said. */
export function PromptsPage({ open, onOpen, onFlow }: { open: string | null; onOpen: (name: string | null) => void; onFlow: (code: string) => void }) {
  const { t, i18n } = useTranslation()
  const writable = useMay()('flows.write')
  const { query, rows } = useAll<Prompt>('/prompts')
  const player = usePlayer()
  const [q, setQ] = useState('')
  const [filter, setFilter] = useState<Filter>('all')
  const [fresh, setFresh] = useState<{ file: File | null } | null>(null)
  const [over, setOver] = useState(false)
  const tongue: Tongue = i18n.language === 'en' ? 'en' : 'zh'
  const unsaved = useRef(new Set<Tongue>())
  const onUnsaved = useCallback((which: Tongue, changed: boolean) => void (changed ? unsaved.current.add(which) : unsaved.current.delete(which)), [])
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => unsaved.current.size > 0 && event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [])
  /** Go on if nothing is lost by it, or it may be. */
  const leave = (go: () => void) => {
    if (unsaved.current.size === 0) go()
    else Modal.confirm({ title: t('prompts.reallyLose', { name: open }), okText: t('prompts.lose'), okButtonProps: { danger: true, className: 'prompts-lose-yes' }, cancelText: t('prompts.editOn'), onOk: go })
  }
  const found = shown(rows, q, filter)
  const one = rows.find(({ name }) => name === open)
  const drop = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer.files[0]
    if (file) setFresh({ file })
  }
  const columns: Column<Prompt>[] = [
    {
      id: 'name',
      title: t('prompts.column.name'),
      track: 'minmax(150px, 1fr)',
      render: (prompt) => (
        <span className="name-marks">
          <b className="ellipsis" title={prompt.name}>
            {prompt.name}
          </b>
          {prompt.own && <Chip tone="accent">{t('prompts.own')}</Chip>}
        </span>
      ),
    },
    { id: 'text', title: t('prompts.column.text'), track: 'minmax(200px, 2.2fr)', render: (prompt) => <span title={wordsOf(prompt, tongue)}>{wordsOf(prompt, tongue)}</span> },
    ...tongues.map(
      (each): Column<Prompt> => ({
        id: each,
        title: t(`prompts.tongue.${each}`),
        track: '118px',
        render: (prompt) => <Heard prompt={prompt} tongue={each} player={player} />,
      }),
    ),
    {
      id: 'used',
      title: t('prompts.column.used'),
      track: 'minmax(110px, 1fr)',
      render: ({ used_in, queues, shipped }) => {
        const places = [...used_in, ...queues.map((code) => t('prompts.inQueue', { code }))].join(t('prompts.comma'))
        return places ? <span title={places}>{places}</span> : <span className="muted">{shipped ? '–' : t('prompts.unused')}</span>
      },
    },
  ]
  return (
    <div className="admin">
      <div
        className={`admin-main ${over ? 'prompts-over' : ''}`}
        data-region="work"
        onDragOver={
          writable
            ? (event) => {
                if (!event.dataTransfer.types.includes('Files')) return
                event.preventDefault()
                setOver(true)
              }
            : undefined
        }
        onDragLeave={() => setOver(false)}
        onDrop={writable ? drop : undefined}
      >
        <header className="admin-head">
          <h1 className="page-title">{t('prompts.title')}</h1>
          <Input value={q} maxLength={100} allowClear prefix={<Icon name="search" className="muted" />} placeholder={t('prompts.search')} aria-label={t('prompts.search')} data-testid="prompts-search" onChange={({ target }) => setQ(target.value)} />
          <Select value={filter} aria-label={t('prompts.filter.label')} options={filters.map((value) => ({ value, label: t(`prompts.filter.${value}`) }))} onChange={setFilter} />
          <span className="muted" aria-live="polite">
            {query.isSuccess && t('prompts.count', { count: found.length })}
          </span>
          {writable && (
            <span className="admin-end">
              {!one && <span className="muted prompts-drop">{t('prompts.dropHere')}</span>}
              <Button icon={<Icon name="plus" />} data-testid="prompt-new" onClick={() => setFresh({ file: null })}>
                {t('prompts.add')}
              </Button>
            </span>
          )}
        </header>
        {player.problem !== null && (
          <div className="admin-hint">
            <ErrorLine problem={player.problem} />
          </div>
        )}
        <DataTable
          label={t('prompts.title')}
          columns={columns}
          rows={found}
          rowId={({ name }) => name}
          source={query}
          top={`${q} ${filter}`}
          selected={open}
          empty={<Empty>{t(q || filter !== 'all' ? 'prompts.noneFound' : 'prompts.empty')}</Empty>}
          onOpen={({ name }) => name !== open && leave(() => onOpen(name))}
          testId="prompts"
        />
      </div>
      {one && <PromptSheet key={one.name} prompt={one} player={player} writable={writable} first={tongue} onFlow={(code) => leave(() => onFlow(code))} onClose={() => leave(() => onOpen(null))} onUnsaved={onUnsaved} />}
      {fresh && (
        <NewPrompt
          file={fresh.file}
          first={tongue}
          taken={rows}
          onMade={(name) => {
            setFresh(null)
            setQ('')
            setFilter('all')
            if (name !== open) leave(() => onOpen(name))
          }}
          onClose={() => setFresh(null)}
        />
      )}
    </div>
  )
}

/** A sound in the list: heard by its button, which opens nothing. */
function Heard({ prompt, tongue, player }: { prompt: Prompt; tongue: Tongue; player: Player }) {
  const { t } = useTranslation()
  const sound = prompt.languages[tongue]
  if (!heard(sound)) return <span className="muted">{t(sound ? 'prompts.wordsOnly' : 'prompts.none')}</span>
  const key = `${prompt.name}/${tongue}`
  const plays = player.playing === key
  return (
    <span className="prompts-heard">
      <button
        type="button"
        className="icon-button"
        aria-label={t(plays ? 'prompts.stop' : 'prompts.play', { name: prompt.name, language: t(`prompts.tongue.${tongue}`) })}
        data-testid={`play-${tongue}`}
        onClick={(event) => {
          event.stopPropagation()
          if (plays) player.stop()
          else void player.play(key, `${path(prompt.name, tongue)}/audio`)
        }}
      >
        <Icon name={plays ? 'pause' : 'play'} size={16} />
      </button>
      <span className="prompts-length">{length(sound.seconds)}</span>
      {sound.own && <Icon name={sound.warnings.length > 0 ? 'triangle' : 'person'} size={14} className={sound.warnings.length > 0 ? 'tone-amber' : 'muted'} />}
    </span>
  )
}
