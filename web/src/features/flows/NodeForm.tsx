import { AutoComplete, Button, Input, Select } from 'antd'
import { useContext, useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { problemWords } from './checks'
import { WordsContext } from './context'
import { added, changed, connected } from './document'
import { Branches } from './Branches'
import { Digits, Expression, Flag, Line, Pairs, SayList, Target } from './fields'
import { exitsOf, looks } from './kinds'
import type { FlowDocument, FlowLine, FlowNode, FlowProblem, Kind, LookUpLine, PromptLine, SayItem } from './types'
import { exitName, lookupName, variablesAt } from './words'

export interface Around {
  prompts: readonly PromptLine[]
  lookups: readonly LookUpLine[]
  queues: ReadonlyArray<{ code: string; name: string }>
  flows: readonly FlowLine[]
}

interface Props {
  document: FlowDocument
  name: string
  problems: readonly FlowProblem[]
  around: Around
  writable: boolean
  /** `of` names what is typed in, so that a word is one step of undo. */
  onChange: (document: FlowDocument, of?: string) => void
  onRemove: () => void
  onCopy: () => void
}

type Control = 'flag' | 'seconds' | 'digits' | 'text' | 'expression' | 'queue' | 'lookup' | 'flow' | 'language' | 'pairs' | 'say' | 'one' | 'business' | 'template'
interface FieldOf {
  name: string
  control: Control
  /** What stands when the document says nothing. */
  usual?: unknown
  /** Removed from the document when it is empty. */
  optional?: boolean
  least?: number
  most?: number
  /** Of what one is chosen. */
  of?: readonly string[]
  /** Left out while this is not so. */
  when?: (node: FlowNode) => boolean
  /** Its words, where they are not those of the field's name. */
  word?: string
}

/** Once it has been said or done, who hangs up has got what they came for. */
const served: FieldOf = { name: 'served', control: 'flag', usual: false, optional: true, word: 'servedHere' }
const seconds = (name: string, usual: number): FieldOf => ({ name, control: 'seconds', usual, optional: true })
/** The fields of each kind, besides its name, what is said and its exits. */
const fields: Readonly<Record<Kind, readonly FieldOf[]>> = {
  say: [{ name: 'interruptible', control: 'flag', usual: true }, { name: 'by_speech', control: 'flag', usual: false }, served],
  notice: [{ name: 'interruptible', control: 'flag', usual: false }],
  menu: [seconds('first_timeout', 5), { name: 'repeat', control: 'text', optional: true, most: 1 }, { name: 'save', control: 'text', optional: true, most: 64 }],
  collect: [
    { name: 'save', control: 'text', most: 64 }, { name: 'as', control: 'one', of: ['digits', 'amount'], usual: 'digits', optional: true }, { name: 'minimum', control: 'digits', usual: 1, least: 1, most: 64 }, { name: 'maximum', control: 'digits', usual: 20, least: 1, most: 64 },
    { name: 'terminators', control: 'text', usual: '#', most: 2 }, seconds('first_timeout', 5), seconds('next_timeout', 3), { name: 'secret', control: 'flag', usual: false }, { name: 'confirm', control: 'flag', usual: false },
  ],
  consent: [seconds('first_timeout', 5)],
  language: [{ name: 'language', control: 'language' }],
  rating: [{ name: 'maximum', control: 'digits', usual: 5, least: 2, most: 9, word: 'rating' }],
  condition: [],
  hours: [{ name: 'queue', control: 'queue' }],
  verify: [{ name: 'by', control: 'one', of: ['pin', 'code'], usual: 'pin', optional: true }, { name: 'minimum', control: 'digits', usual: 6, least: 1, most: 32 }, { name: 'maximum', control: 'digits', usual: 6, least: 1, most: 32 }, { name: 'wrong', control: 'say', optional: true }],
  lookup: [{ name: 'lookup', control: 'lookup' }, { name: 'arguments', control: 'pairs' }, { name: 'save', control: 'text', most: 64 }],
  set: [{ name: 'values', control: 'pairs' }],
  pay: [{ name: 'account', control: 'expression' }, { name: 'amount', control: 'expression', optional: true }, { name: 'card', control: 'expression', optional: true }, { name: 'save', control: 'text', most: 64 }, served],
  message: [{ name: 'template', control: 'template' }, { name: 'to', control: 'expression', usual: 'ani', word: 'recipient' }, { name: 'values', control: 'pairs' }, { name: 'save', control: 'text', most: 64 }, served],
  queue: [{ name: 'queue', control: 'queue' }, { name: 'attributes', control: 'pairs', optional: true }],
  transfer: [{ name: 'to', control: 'text', most: 33 }],
  callback: [],
  record: [{ name: 'queue', control: 'queue' }, { name: 'maximum_seconds', control: 'digits', usual: 180, least: 5, most: 300, word: 'maximum_seconds' }, { name: 'save', control: 'text', most: 64 }, served],
  flow: [{ name: 'flow', control: 'flow' }],
  hangup: [{ name: 'served', control: 'flag' }],
}
/** Kinds that say nothing, so that nothing is asked. */
const silent = new Set<Kind>(['condition', 'hours', 'lookup', 'set', 'language', 'flow'])

/** All that one node is set to. */
export function NodeForm({ document, name, problems, around, writable, onChange, onRemove, onCopy }: Props) {
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  const variables = useMemo(() => variablesAt(document, name, around.lookups), [document, name, around.lookups])
  const businesses = useMemo(() => [...new Set(Object.values(document.nodes).flatMap((one) => (typeof one['business'] === 'string' ? [one['business']] : [])))].toSorted(), [document])
  const node = document.nodes[name]
  if (!node) return null
  const mine = problems.filter((one) => one.node === name)
  const set = (change: Partial<FlowNode>, of?: string) => onChange(changed(document, name, change), of && `${name}.${of}`)
  const newAt = (exit: string) => (kind: Kind) => onChange(added(document, kind, [(node.at?.[0] ?? 0) + 240, node.at?.[1] ?? 0], { node: name, exit }).document)
  return (
    <div className="flow-form" data-testid="flow-form">
      {mine.map((problem, place) => (
        <p key={`${problem.code} ${problem.exit} ${place}`} className={problem.severity === 'error' ? 'error-line' : 'error-line text-amber'} title={problem.message}>
          <Icon name={problem.severity === 'error' ? 'octagon' : 'triangle'} size={14} />
          <span>{problemWords(document, problem, words)}</span>
        </p>
      ))}
      <Line label={t('flows.panel.name')}>
        <Input size="small" value={node.label ?? ''} maxLength={80} disabled={!writable} placeholder={t(`flows.kind.${node.kind}`)} aria-label={t('flows.panel.name')} data-testid="flow-label" onChange={({ target }) => set({ label: target.value || undefined }, 'label')} />
      </Line>
      {!silent.has(node.kind) && (
        <>
          <h3>{t('flows.panel.say')}</h3>
          <SayList items={node.say ?? []} prompts={around.prompts} variables={variables} disabled={!writable} testId="flow-say" onChange={(say) => set({ say }, 'say')} />
        </>
      )}
      <Branches document={document} name={name} node={node} variables={variables} writable={writable} onNode={set} onNew={newAt} />
      {fields[node.kind].filter(({ when }) => when?.(node) ?? true).map((field) => (
        <OneField key={field.name} field={field} value={node[field.name] ?? field.usual} around={around} variables={variables} writable={writable} onChange={(value) => set({ [field.name]: value }, field.name)} />
      ))}
      <OneField field={{ name: 'business', control: 'business', optional: true }} value={node['business']} around={around} variables={businesses} writable={writable} onChange={(value) => set({ business: value as string | undefined }, 'business')} />
      {looks[node.kind].exits.length > 0 && <h3>{t('flows.panel.exits')}</h3>}
      {exitsOf(node)
        .filter(({ id }) => !id.includes('.'))
        .map((exit) => (
          <Line key={exit.id} label={exitName(exit, node, words)}>
            <Target document={document} from={name} value={exit.target} optional={exit.optional} disabled={!writable} label={exitName(exit, node, words)} testId={`target-${exit.id}`} onChange={(target) => onChange(connected(document, name, exit.id, target))} onNew={newAt(exit.id)} />
          </Line>
        ))}
      <p className="flow-form-foot">
        <code>{name}</code>
        {document.start === name ? (
          <span className="muted">{t('flows.panel.isStart')}</span>
        ) : (
          writable && (
            <button type="button" className="link" onClick={() => onChange({ ...document, start: name })}>
              {t('flows.panel.makeStart')}
            </button>
          )
        )}
        {writable && (
          <span className="foot-end">
            <Button size="small" icon={<Icon name="copy" size={14} />} onClick={onCopy}>
              {t('flows.panel.copy')}
            </Button>
            <Button size="small" danger icon={<Icon name="trash" size={14} />} data-testid="node-remove" onClick={onRemove}>
              {t('flows.panel.remove')}
            </Button>
          </span>
        )}
      </p>
    </div>
  )
}

function OneField({ field, value, around, variables, writable, onChange }: { field: FieldOf; value: unknown; around: Around; variables: readonly string[]; writable: boolean; onChange: (value: unknown) => void }) {
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  const label = t(`flows.field.${field.word ?? field.name}`)
  const common = { label, disabled: !writable, testId: `field-${field.name}` }
  const empty = (text: unknown) => (field.optional && (text === '' || text === undefined) ? undefined : text)
  if (field.control === 'pairs' || field.control === 'say') {
    return (
      <>
        <h3>{label}</h3>
        {field.control === 'pairs' ? (
          <Pairs value={(value ?? {}) as Record<string, string>} variables={variables} disabled={!writable} testId={common.testId} onChange={(pairs) => onChange(field.optional && Object.keys(pairs).length === 0 ? undefined : pairs)} />
        ) : (
          <SayList items={(value ?? []) as SayItem[]} prompts={around.prompts} variables={variables} disabled={!writable} testId={common.testId} onChange={(items) => onChange(items.length === 0 ? undefined : items)} />
        )}
      </>
    )
  }
  return (
    <Line label={label}>
      {field.control === 'flag' && <Flag {...common} value={Boolean(value)} onChange={(yes) => onChange(field.optional && yes === field.usual ? undefined : yes)} />}
      {(field.control === 'seconds' || field.control === 'digits') && (
        <Digits {...common} value={value as number | undefined} least={field.least ?? 1} most={field.most ?? 60} unit={field.control === 'seconds' ? t('flows.panel.seconds') : undefined} onChange={onChange} />
      )}
      {field.control === 'text' && <Input size="small" value={String(value ?? '')} maxLength={field.most} disabled={!writable} spellCheck={false} autoComplete="off" aria-label={label} data-testid={common.testId} onChange={({ target }) => onChange(empty(target.value))} />}
      {field.control === 'expression' && <Expression {...common} value={String(value ?? '')} variables={variables} onChange={(text) => onChange(empty(text))} />}
      {field.control === 'one' && <Choose {...common} value={value} options={(field.of ?? []).map((one) => ({ value: one, label: t(`flows.${field.name}.${one}`) }))} onChange={(one) => onChange(one === field.usual ? undefined : one)} />}
      {(field.control === 'business' || field.control === 'template') && <Word {...common} value={String(value ?? '')} known={field.control === 'business' ? variables : templates} onChange={(text) => onChange(empty(text))} />}
      {field.control === 'language' && <Choose {...common} value={value} options={[{ value: 'zh-CN', label: t('flows.sim.chinese') }, { value: 'en', label: t('flows.sim.english') }]} onChange={onChange} />}
      {field.control === 'queue' && <Choose {...common} value={value} options={around.queues.map(({ code, name }) => ({ value: code, label: name }))} onChange={onChange} />}
      {field.control === 'lookup' && <Choose {...common} value={value} options={around.lookups.map(({ name }) => ({ value: name, label: lookupName(name, words), title: name }))} onChange={onChange} />}
      {field.control === 'flow' && <Choose {...common} value={value} options={around.flows.filter(({ published }) => published).map(({ code, name }) => ({ value: code, label: name }))} onChange={onChange} />}
    </Line>
  )
}

/** Message templates that ship with the program. */
const templates = ['bill_details', 'order_received', 'fault_received', 'outlet', 'tariff'] as const

/** A code, with those that are used already. */
function Word({ value, known, onChange, label, disabled, testId }: { value: string; known: readonly string[]; onChange: (value: string) => void; label: string; disabled: boolean; testId: string }) {
  return (
    <AutoComplete className="flow-expression" value={value} disabled={disabled} options={known.filter((one) => one.includes(value) && one !== value).map((one) => ({ value: one }))} data-testid={testId} onChange={onChange}>
      <Input size="small" aria-label={label} spellCheck={false} autoComplete="off" maxLength={64} />
    </AutoComplete>
  )
}

/** One of what there is; something that is not there any more is shown as it is. */
function Choose({ value, options, onChange, label, disabled, testId }: { value: unknown; options: Array<{ value: string; label: string }>; onChange: (value: string) => void; label: string; disabled: boolean; testId: string }) {
  const chosen = typeof value === 'string' && value !== '' ? value : undefined
  return <Select size="small" className="flow-target" value={chosen} options={options} disabled={disabled} showSearch={{ optionFilterProp: 'label' }} status={chosen ? undefined : 'error'} aria-label={label} data-testid={testId} onChange={onChange} />
}

/** What the whole flow is set to. */
export function FlowForm({ document, problems, around, writable, onChange }: Omit<Props, 'name' | 'onRemove' | 'onCopy'>) {
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  const { handlers } = document
  const put = (change: Partial<FlowDocument['handlers']>, of: string) => onChange({ ...document, handlers: { ...handlers, ...change } }, `handlers.${of}`)
  return (
    <div className="flow-form" data-testid="flow-settings">
      {problems
        .filter(({ node }) => node === '')
        .map((problem, place) => (
          <ErrorLine key={`${problem.code} ${problem.exit} ${place}`}>{problemWords(document, problem, words)}</ErrorLine>
        ))}
      <Line label={t('flows.panel.name')}>
        <Input size="small" value={document.name ?? ''} maxLength={60} disabled={!writable} aria-label={t('flows.panel.name')} onChange={({ target }) => onChange({ ...document, name: target.value }, 'name')} />
      </Line>
      <Line label={t('flows.settings.start')}>
        <Target document={document} from={null} value={document.start} disabled={!writable} label={t('flows.settings.start')} onChange={(start) => onChange({ ...document, start })} />
      </Line>
      <Line label={t('flows.settings.attempts')}>
        <Digits label={t('flows.settings.attempts')} disabled={!writable} value={handlers.attempts ?? 3} least={1} most={10} onChange={(attempts) => put({ attempts: attempts ?? 3 }, 'attempts')} />
      </Line>
      <Line label={t('flows.settings.failed')}>
        <Target document={document} from={null} value={handlers.failed} disabled={!writable} label={t('flows.settings.failed')} testId="handler-failed" onChange={(failed) => put({ failed }, '')} />
      </Line>
      <Line label={t('flows.settings.error')}>
        <Target document={document} from={null} value={handlers.error} disabled={!writable} label={t('flows.settings.error')} testId="handler-error" onChange={(error) => put({ error }, '')} />
      </Line>
      <Line label={t('flows.settings.early')}>
        <Flag label={t('flows.settings.early')} value={document.early ?? false} disabled={!writable} onChange={(early) => onChange({ ...document, early })} />
      </Line>
      <h3>{t('flows.settings.no_input')}</h3>
      <SayList items={handlers.no_input ?? []} prompts={around.prompts} variables={[]} disabled={!writable} testId="say-no-input" onChange={(no_input) => put({ no_input }, 'no_input')} />
      <h3>{t('flows.settings.no_match')}</h3>
      <SayList items={handlers.no_match ?? []} prompts={around.prompts} variables={[]} disabled={!writable} testId="say-no-match" onChange={(no_match) => put({ no_match }, 'no_match')} />
    </div>
  )
}
