import { AutoComplete, Input, InputNumber, Select, Switch } from 'antd'
import { useContext, useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import { WordsContext } from './context'
import { groups, looks } from './kinds'
import { type FlowDocument, type Kind, kinds, type PromptLine, type SayItem, spoken, type Spoken } from './types'
import { nameOf, saidOf } from './words'

interface Named {
  label: string
  testId?: string
  disabled?: boolean
}

/** One line of the panel: its name left, its control right. */
export function Line({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="flow-field">
      <span>{label}</span>
      <div>{children}</div>
    </div>
  )
}

/** An expression, with the variables that are known here. */
export function Expression({ value, variables, onChange, label, testId, disabled }: Named & { value: string; variables: readonly string[]; onChange: (value: string) => void }) {
  const options = useMemo(() => variables.map((name) => ({ value: name })), [variables])
  const word = /[a-z_][a-z0-9_.]*$/.exec(value)?.[0] ?? ''
  const shown = options.filter(({ value: name }) => name.startsWith(word) && name !== word)
  return (
    <AutoComplete
      className="flow-expression"
      value={value}
      disabled={disabled}
      options={shown.map(({ value: name }) => ({ value: value.slice(0, value.length - word.length) + name, label: name }))}
      popupMatchSelectWidth={220}
      data-testid={testId}
      onChange={onChange}
    >
      <Input aria-label={label} spellCheck={false} autoComplete="off" maxLength={500} />
    </AutoComplete>
  )
}

export function Digits({ value, least, most, unit, onChange, label, disabled, testId }: Named & { value: number | undefined; least: number; most: number; unit?: string; onChange: (value: number | undefined) => void }) {
  return <InputNumber size="small" className="flow-digits" value={value} min={least} max={most} suffix={unit} disabled={disabled} aria-label={label} data-testid={testId} onChange={(next) => onChange(next ?? undefined)} />
}

export function Flag({ value, onChange, label, disabled }: Named & { value: boolean; onChange: (value: boolean) => void }) {
  return <Switch size="small" checked={value} disabled={disabled} aria-label={label} onChange={onChange} />
}

/** Where an exit leads: a node, none, or a new one. */
export function Target({ document, from, value, optional = false, onChange, onNew, label, disabled, testId }: Named & { document: FlowDocument; from: string | null; value: string; optional?: boolean; onChange: (name: string) => void; onNew?: (kind: Kind) => void }) {
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  const nodes = Object.entries(document.nodes)
    .filter(([name]) => name !== from || name === value)
    .map(([name, node]) => ({ value: name, label: nameOf(node, name, words), title: name }))
  const fresh = onNew ? groups.flatMap((group) => kinds.filter((kind) => looks[kind].group === group)).map((kind) => ({ value: `+${kind}`, label: t('flows.panel.newNode', { kind: t(`flows.kind.${kind}`) }) })) : []
  const open = !document.nodes[value] && !optional
  return (
    <Select
      size="small"
      className="flow-target"
      status={open ? 'error' : undefined}
      value={document.nodes[value] ? value : ''}
      disabled={disabled}
      showSearch={{ optionFilterProp: 'label' }}
      aria-label={label}
      data-testid={testId}
      options={[{ value: '', label: t('flows.panel.nowhere') }, ...nodes, ...fresh]}
      onChange={(name: string) => (name.startsWith('+') ? onNew?.(name.slice(1) as Kind) : onChange(name))}
    />
  )
}

const most_said = 20

/** What is said: prompts and values, one after the other. */
export function SayList({ items, prompts, variables, onChange, disabled, testId }: { items: readonly SayItem[]; prompts: readonly PromptLine[]; variables: readonly string[]; onChange: (items: SayItem[]) => void; disabled: boolean; testId: string }) {
  const { t, i18n } = useTranslation()
  const said = (prompt: PromptLine) => (i18n.language === 'en' ? prompt.text_en : prompt.text_zh) || prompt.text_zh
  const put = (place: number, item: SayItem | null) => onChange(items.flatMap((one, each) => (each !== place ? [one] : item === null ? [] : [item])))
  const add = () => {
    onChange([...items, ''])
    // What was added is what is written next.
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-testid="${testId}-${items.length}"] input`)?.focus())
  }
  const up = (place: number) => onChange(items.map((one, each) => (each === place - 1 ? (items[place] as SayItem) : each === place ? (items[place - 1] as SayItem) : one)))
  return (
    <div className="flow-say" data-testid={testId}>
      {items.map((item, place) => {
        const { kind, text } = saidOf(item)
        const prompt = kind === 'prompt' ? prompts.find(({ name }) => name === text) : undefined
        return (
          // What is said at a place has no other name than the place.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={place} className="flow-say-item">
            <Select
              size="small"
              value={kind}
              disabled={disabled}
              aria-label={t('flows.panel.kind')}
              popupMatchSelectWidth={false}
              options={(['prompt', ...spoken] as const).map((one) => ({ value: one, label: t(`flows.spoken.${one}`) }))}
              onChange={(next: 'prompt' | Spoken) => put(place, next === 'prompt' ? '' : ({ [next]: kind === 'prompt' ? 'customer.name' : text } as SayItem))}
            />
            {kind === 'prompt' ? (
              <AutoComplete
                value={text}
                disabled={disabled}
                popupMatchSelectWidth={300}
                data-testid={`${testId}-${place}`}
                options={prompts
                  .filter((one) => !text || text === one.name || one.name.includes(text) || said(one).includes(text))
                  .slice(0, 100)
                  .map((one) => ({ value: one.name, label: <span className="flow-prompt"><b>{one.name}</b><span>{said(one)}</span></span> }))}
                onChange={(next) => put(place, next)}
              >
                <Input size="small" aria-label={t('flows.panel.prompt')} spellCheck={false} autoComplete="off" maxLength={64} />
              </AutoComplete>
            ) : (
              <Expression value={text} variables={variables} disabled={disabled} label={t('flows.panel.expression')} testId={`${testId}-${place}`} onChange={(next) => put(place, { ...(item as object), [kind]: next } as SayItem)} />
            )}
            <button type="button" className="icon-button" disabled={disabled || place === 0} aria-label={t('flows.panel.up')} title={t('flows.panel.up')} onClick={() => up(place)}>
              <Icon name="arrowUp" size={14} />
            </button>
            <button type="button" className="icon-button" disabled={disabled} aria-label={t('flows.panel.removeSay')} title={t('flows.panel.removeSay')} onClick={() => put(place, null)}>
              <Icon name="close" size={14} />
            </button>
            {kind === 'prompt' && text && <p className={prompt || prompts.length === 0 ? 'flow-say-text' : 'flow-say-text text-red'}>{prompt ? said(prompt) : prompts.length > 0 && t('flows.panel.unknownPrompt')}</p>}
          </div>
        )
      })}
      {!disabled && items.length < most_said && (
        <button type="button" className="link" data-testid={`${testId}-add`} onClick={add}>
          <Icon name="plus" size={14} /> {t('flows.panel.addSay')}
        </button>
      )}
    </div>
  )
}

/** Names with expressions: arguments, values, what goes along. */
export function Pairs({ value, variables, onChange, disabled, testId }: { value: Readonly<Record<string, string>>; variables: readonly string[]; onChange: (value: Record<string, string>) => void; disabled: boolean; testId: string }) {
  const { t } = useTranslation()
  const pairs = Object.entries(value)
  const free = () => {
    for (let number = 1; ; number += 1) if (!(`value_${number}` in value)) return `value_${number}`
  }
  return (
    <div className="flow-pairs" data-testid={testId}>
      {pairs.map(([name, expression], place) => (
        // The name is what is being typed.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={place} className="flow-pair">
          <Input
            size="small"
            value={name}
            disabled={disabled}
            spellCheck={false}
            maxLength={64}
            aria-label={t('flows.panel.variable')}
            onChange={({ target }) => !(target.value in value) && onChange(Object.fromEntries(pairs.map(([one, text], each) => (each === place ? [target.value, text] : [one, text]))))}
          />
          <Expression value={expression} variables={variables} disabled={disabled} label={t('flows.panel.value')} onChange={(text) => onChange({ ...value, [name]: text })} />
          <button type="button" className="icon-button" disabled={disabled} aria-label={t('flows.panel.removePair', { name })} title={t('flows.panel.removePair', { name })} onClick={() => onChange(Object.fromEntries(pairs.filter(([one]) => one !== name)))}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
      {!disabled && (
        <button type="button" className="link" data-testid={`${testId}-add`} onClick={() => onChange({ ...value, [free()]: "''" })}>
          <Icon name="plus" size={14} /> {t('flows.panel.addPair')}
        </button>
      )}
    </div>
  )
}
