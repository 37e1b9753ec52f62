import { Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import { Expression, Target } from './fields'
import { exitsOf, leading } from './kinds'
import type { Choice, FlowDocument, FlowNode, Kind } from './types'

interface Props {
  document: FlowDocument
  name: string
  node: FlowNode
  variables: readonly string[]
  writable: boolean
  onNode: (change: Partial<FlowNode>, of?: string) => void
  onNew: (exit: string) => (kind: Kind) => void
}

const all_keys = [...'1234567890*#']
const most_cases = 20

/** The choices of a menu, the cases of a condition. */
export function Branches(props: Props) {
  if (props.node.kind === 'menu') return <Choices {...props} />
  if (props.node.kind === 'condition') return <Cases {...props} />
  return null
}

function Choices({ document, node, writable, onNode, onNew }: Props) {
  const { t } = useTranslation()
  const choices = node.choices ?? {}
  const keys = exitsOf(node).flatMap(({ text }) => (text === undefined ? [] : [text]))
  const free = all_keys.filter((key) => !(key in choices))
  const put = (key: string, change: Partial<Choice>, of?: string) => onNode({ choices: { ...choices, [key]: { ...(choices[key] as Choice), ...change } } }, of)
  const rekey = (from: string, to: string) => onNode({ choices: Object.fromEntries(Object.entries(choices).map(([key, choice]) => [key === from ? to : key, choice])) })
  const drop = (key: string) => onNode({ choices: Object.fromEntries(Object.entries(choices).filter(([one]) => one !== key)) })
  return (
    <>
      <h3>{t('flows.panel.choices')}</h3>
      <ul className="flow-branches">
        {keys.map((key) => {
          const choice = choices[key] as Choice
          return (
            <li key={key} className="flow-choice" data-testid={`choice-${key}`}>
              <Select size="small" value={key} disabled={!writable} aria-label={t('flows.panel.key')} popupMatchSelectWidth={false} options={[key, ...free].map((one) => ({ value: one, label: one }))} onChange={(to: string) => rekey(key, to)} />
              <Input size="small" value={choice.label ?? ''} maxLength={40} disabled={!writable} placeholder={t('flows.panel.label')} aria-label={t('flows.panel.label')} onChange={({ target }) => put(key, { label: target.value }, `choice ${key}`)} />
              <Target document={document} from={null} value={choice.next} disabled={!writable} label={t('flows.panel.leadsTo')} testId={`target-choices.${key}`} onChange={(next) => put(key, { next })} onNew={onNew(`choices.${key}`)} />
              <button type="button" className="icon-button" disabled={!writable} aria-label={t('flows.panel.removeChoice', { key })} title={t('flows.panel.removeChoice', { key })} onClick={() => drop(key)}>
                <Icon name="close" size={14} />
              </button>
              <Select
                size="small"
                mode="tags"
                className="flow-words"
                value={[...(choice.words ?? [])]}
                disabled={!writable}
                open={false}
                suffixIcon={null}
                tokenSeparators={[',', '，', '、', ' ']}
                placeholder={t('flows.panel.wordsHint')}
                aria-label={t('flows.panel.words')}
                maxCount={20}
                onChange={(words: string[]) => put(key, { words: words.length > 0 ? words.map((one) => one.slice(0, 40)) : undefined })}
              />
            </li>
          )
        })}
      </ul>
      {writable && free[0] !== undefined && (
        <button type="button" className="link" data-testid="choice-add" onClick={() => onNode({ choices: { ...choices, [free[0] as string]: { next: '', label: '' } } })}>
          <Icon name="plus" size={14} /> {t('flows.panel.addChoice')}
        </button>
      )}
    </>
  )
}

function Cases({ document, node, variables, writable, onNode, onNew }: Props) {
  const { t } = useTranslation()
  const cases = node.cases ?? []
  return (
    <>
      <h3>{t('flows.panel.cases')}</h3>
      <ul className="flow-branches">
        {cases.map((one, place) => (
          // A case has no other name than its place: the first that holds is taken.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={place} className="flow-case" data-testid={`case-${place}`}>
            <Expression value={one.when} variables={variables} disabled={!writable} label={t('flows.panel.when')} testId={`case-${place}-when`} onChange={(when) => onNode({ cases: cases.map((each, at) => (at === place ? { ...each, when } : each)) }, `case ${place}`)} />
            <Target document={document} from={null} value={one.next} disabled={!writable} label={t('flows.panel.leadsTo')} testId={`target-cases.${place}`} onChange={(next) => onNode({ cases: leading(node, `cases.${place}`, next).cases })} onNew={onNew(`cases.${place}`)} />
            <button type="button" className="icon-button" disabled={!writable || cases.length === 1} aria-label={t('flows.panel.removeCase', { number: place + 1 })} title={t('flows.panel.removeCase', { number: place + 1 })} onClick={() => onNode({ cases: cases.filter((_, at) => at !== place) })}>
              <Icon name="close" size={14} />
            </button>
          </li>
        ))}
      </ul>
      {writable && cases.length < most_cases && (
        <button type="button" className="link" data-testid="case-add" onClick={() => onNode({ cases: [...cases, { when: '', next: '' }] })}>
          <Icon name="plus" size={14} /> {t('flows.panel.addCase')}
        </button>
      )}
    </>
  )
}
