import { Button, Dropdown, Modal, type MenuProps } from 'antd'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { problemText } from '@/shared/i18n'
import { clock } from '@/shared/time/format'
import { save } from '@/shared/ui/download'
import { Icon } from '@/shared/ui/Icon'
import { Chip } from '@/shared/ui/parts'
import type { Panel } from './Drawing'
import type { Saving } from './keeper'
import type { FlowWhole } from './types'

interface Props {
  flow: FlowWhole
  name: string
  drafted: boolean
  saving: Saving
  savedAt: string | null
  errors: number
  /** Whether what is wrong is known. */
  checked: boolean
  writable: boolean
  panel: Panel | null
  busy: boolean
  traffic: boolean
  /** The flow it was opened from, by name. */
  from: string | null
  canUndo: boolean
  canRedo: boolean
  onUndo: () => void
  onRedo: () => void
  onBack: () => void
  onPanel: (panel: Panel) => void
  onCompare: () => void
  onTraffic: () => void
  onFirstError: () => void
  onPublish: () => void
  onDrop: () => void
  onDelete: () => void
  onTheirs: () => void
  onMine: () => void
}

/** What this flow is, whether it is kept, and what can be done with it as a whole. */
export function Head(props: Props) {
  const { flow, name, drafted, savedAt, errors, checked, writable, panel, busy, traffic, saving } = props
  const { t } = useTranslation()
  const published = flow.published
  const running = Object.values(flow.running ?? {}).reduce((sum, one) => sum + one, 0)
  const state = !published ? t('flows.head.never') : running > 0 ? t('flows.head.running', { version: published.version, count: running }) : t('flows.head.idle', { version: published.version })
  const download = async (format: 'json' | 'yaml') => save(await api.blob(`/flows/${flow.code}/export?format=${format}&version=${drafted ? 'draft' : 'published'}`), `${flow.code}.${format}`)
  const sure = (title: string, verb: string, onOk: () => void, hint?: string) => Modal.confirm({ title, content: hint, okText: verb, okButtonProps: { danger: true }, cancelText: t('flows.publish.cancel'), onOk })
  const items: MenuProps['items'] = [
    { key: 'settings', label: t('flows.head.settings'), onClick: () => props.onPanel('settings') },
    { type: 'divider' },
    { key: 'json', label: t('flows.head.exportJson'), onClick: () => void download('json') },
    { key: 'yaml', label: t('flows.head.exportYaml'), onClick: () => void download('yaml') },
    ...(writable
      ? ([
          { type: 'divider' },
          { key: 'drop', label: t('flows.head.dropDraft'), disabled: !flow.draft || !published || busy, onClick: () => sure(t('flows.reallyDrop'), t('flows.head.dropDraft'), props.onDrop) },
          { key: 'delete', label: t('flows.head.delete'), danger: true, disabled: busy || flow.shipped, onClick: () => sure(t('flows.reallyDelete', { name }), t('flows.head.delete'), props.onDelete, t('flows.deleteHint')) },
        ] satisfies MenuProps['items'])
      : []),
  ]
  return (
    <header className="flow-head" data-region="flow-head">
      <button type="button" className="icon-button" aria-label={props.from === null ? t('flows.head.back') : t('flows.canvas.backTo', { name: props.from })} title={props.from === null ? t('flows.head.back') : t('flows.canvas.backTo', { name: props.from })} data-testid="flow-back" onClick={props.onBack}>
        <Icon name="chevronLeft" size={18} />
      </button>
      {props.from !== null && <span className="flow-from ellipsis">{props.from} /</span>}
      <h1 className="page-title ellipsis" title={name}>
        {name}
      </h1>
      {drafted && (
        <Chip tone="amber" icon="pen">
          {t('flows.draftVersion', { version: (published?.version ?? 0) + 1 })}
        </Chip>
      )}
      <span className="flow-head-now ellipsis" title={state} data-testid="flow-running">
        {state}
      </span>
      <span className="flow-head-end">
        <Kept saving={saving} at={savedAt} writable={writable} onTheirs={props.onTheirs} onMine={props.onMine} />
        {writable && (
          <span className="flow-undo">
            <button type="button" className="icon-button" disabled={!props.canUndo} aria-label={t('flows.canvas.undo')} title={`${t('flows.canvas.undo')} Ctrl Z`} data-testid="flow-undo" onClick={props.onUndo}>
              <Icon name="undo" />
            </button>
            <button type="button" className="icon-button flow-redo" disabled={!props.canRedo} aria-label={t('flows.canvas.redo')} title={`${t('flows.canvas.redo')} Ctrl Shift Z`} data-testid="flow-redo" onClick={props.onRedo}>
              <Icon name="undo" />
            </button>
          </span>
        )}
        {published && (
          <Button size="small" aria-pressed={panel === 'compare'} data-testid="flow-compare-open" onClick={props.onCompare}>
            {t('flows.head.compare', { version: published.version })}
          </Button>
        )}
        <Button size="small" aria-pressed={panel === 'versions'} data-testid="flow-versions-open" onClick={() => props.onPanel('versions')}>
          {t('flows.head.versions')}
        </Button>
        <Button size="small" aria-pressed={traffic} icon={<Icon name="signal" size={14} />} data-testid="flow-traffic-open" onClick={props.onTraffic}>
          {t('flows.head.traffic')}
        </Button>
        <Dropdown trigger={['click']} menu={{ items }}>
          <Button size="small" icon={<Icon name="more" />} aria-label={t('flows.head.more')} title={t('flows.head.more')} data-testid="flow-more" />
        </Dropdown>
        <Button size="small" type={panel === 'simulate' ? 'default' : 'primary'} aria-pressed={panel === 'simulate'} icon={<Icon name="play" size={14} />} data-testid="flow-simulate" onClick={() => props.onPanel('simulate')}>
          {t('flows.head.simulate')}
        </Button>
        {writable && <Publish {...props} errors={errors} checked={checked} />}
      </span>
    </header>
  )
}

/** Publishing, or why it is shut. */
function Publish({ errors, checked, drafted, saving, busy, onFirstError, onPublish }: Props) {
  const { t } = useTranslation()
  if (errors > 0) {
    return (
      <Button size="small" className="flow-shut" icon={<Icon name="octagon" size={14} className="text-red" />} aria-disabled="true" data-testid="flow-publish" onClick={onFirstError}>
        {t('flows.publish.blocked', { count: errors })}
      </Button>
    )
  }
  const why = !drafted ? t('flows.head.nothingNew') : saving.state !== 'saved' || !checked ? t('flows.head.notPublishable') : undefined
  return (
    <Button size="small" disabled={why !== undefined || busy} title={why} data-testid="flow-publish" onClick={onPublish}>
      {t('flows.head.publish')}
    </Button>
  )
}

function Kept({ saving, at, writable, onTheirs, onMine }: { saving: Saving; at: string | null; writable: boolean; onTheirs: () => void; onMine: () => void }) {
  const { t } = useTranslation()
  if (!writable) return <span className="flow-kept">{t('flows.head.readOnly')}</span>
  if (saving.state === 'conflict') {
    return (
      <span className="flow-kept text-red" role="alert" data-testid="flow-conflict">
        <Icon name="octagon" size={14} />
        {saving.by && saving.at ? t('flows.conflict.text', { by: saving.by, time: clock(saving.at) }) : t('flows.conflict.unknown')}
        <button type="button" className="link" onClick={onTheirs}>
          {t('flows.conflict.theirs')}
        </button>
        <button type="button" className="link" onClick={onMine}>
          {t('flows.conflict.mine')}
        </button>
      </span>
    )
  }
  if (saving.state === 'failed') {
    return (
      <span className="flow-kept text-red" role="alert">
        <Icon name="octagon" size={14} /> {t('flows.head.unsaved', { why: problemText(saving.problem, t) })}
      </span>
    )
  }
  if (saving.state !== 'saved') return <span className="flow-kept">{t(saving.state === 'saving' ? 'flows.head.saving' : 'flows.head.waiting')}</span>
  if (!at) return null
  return (
    <span className="flow-kept" data-testid="flow-saved">
      <Icon name="check" size={14} className="text-ok" /> {t('flows.head.saved', { time: clock(at) })}
    </span>
  )
}
