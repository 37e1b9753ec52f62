import { InputNumber, Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { OfferFact, OfferTrial } from '@/shared/api/knowledge'
import { useReference } from '@/features/scripts/reference'
import { Icon } from '@/shared/ui/Icon'
import { added, begun, isGroup, replaced, shares, type Condition, type Group } from './rule'

interface Props {
  rule: Group
  facts: readonly OfferFact[]
  /** What each condition came to with the customer it is tried on, in their order. */
  found: OfferTrial['found'] | null
  onChange: (rule: Group) => void
  /** Groups stand within the outermost one only. */
  inner?: boolean
}

/** Conditions, all or any of which must hold; one group may stand within another. */
export function RuleBuilder({ rule, facts, found, onChange, inner = false }: Props) {
  const { t } = useTranslation()
  const taken = shares(rule, found ?? [])
  const first = facts[0]
  return (
    <div className={inner ? 'offer-group' : undefined} data-testid={inner ? 'rule-inner' : 'rule'}>
      {rule.conditions.length === 0 && <p className="line-minor">{t('offers.rule.everybody')}</p>}
      {rule.conditions.length > 1 && <Segmented size="small" value={rule.match} options={[{ value: 'all', label: t('offers.rule.all') }, { value: 'any', label: t('offers.rule.any') }]} onChange={(match) => onChange({ ...rule, match: match as Group['match'] })} />}
      <ul className="offer-conditions">
        {rule.conditions.map((one, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- conditions are known by their place
          <li key={place}>
            {isGroup(one) ? (
              <RuleBuilder rule={one} facts={facts} found={taken[place] ?? null} inner onChange={(group) => onChange(replaced(rule, place, group.conditions.length > 0 ? group : null))} />
            ) : (
              <Row one={one} facts={facts} found={taken[place]?.[0]} onChange={(changed) => onChange(replaced(rule, place, changed))} />
            )}
          </li>
        ))}
      </ul>
      {first && (
        <p className="script-foot">
          <button type="button" className="link" data-testid={inner ? 'rule-inner-add' : 'rule-add'} onClick={() => onChange(added(rule, begun(first)))}>
            {t('offers.rule.add')}
          </button>
          {!inner && (
            <button type="button" className="link" onClick={() => onChange(added(rule, { match: rule.match === 'all' ? 'any' : 'all', conditions: [begun(first)] }))}>
              {t('offers.rule.addGroup')}
            </button>
          )}
        </p>
      )}
    </div>
  )
}

interface RowProps {
  one: Condition
  facts: readonly OfferFact[]
  found: OfferTrial['found'][number] | undefined
  onChange: (one: Condition | null) => void
}

function Row({ one, facts, found, onChange }: RowProps) {
  const { t } = useTranslation()
  const fact = facts.find((each) => each.fact === one.fact)
  return (
    <div className="offer-condition">
      <Select value={one.fact} aria-label={t('offers.rule.fact')} options={facts.map((each) => ({ value: each.fact, label: t(`offers.fact.${each.fact}`) }))} onChange={(name: string) => onChange(begun(facts.find((each) => each.fact === name) ?? { fact: name, kind: 'text', ops: ['in'] }))} />
      {fact?.kind !== 'truth' && <Select value={one.op} aria-label={t('offers.rule.op')} options={(fact?.ops ?? [one.op]).map((op) => ({ value: op, label: t(`offers.op.${op}`) }))} onChange={(op: string) => onChange({ ...one, op })} />}
      <ValueField one={one} onChange={onChange} />
      {found ? (
        <span className={found.holds ? 'text-ok' : 'text-red'} title={t('offers.rule.is', { value: shown(found.known, t) })} data-testid="condition-found">
          <Icon name={found.holds ? 'checkCircle' : 'octagon'} size={14} />
        </span>
      ) : (
        <span />
      )}
      <button type="button" className="icon-button" aria-label={t('offers.rule.remove')} title={t('offers.rule.remove')} onClick={() => onChange(null)}>
        <Icon name="close" />
      </button>
    </div>
  )
}

function ValueField({ one, onChange }: { one: Condition; onChange: (one: Condition) => void }) {
  const { t } = useTranslation()
  const { queues } = useReference()
  const label = t('offers.rule.value')
  const set = (value: Condition['value']) => onChange({ ...one, value })
  if (typeof one.value === 'boolean') return <Select value={one.value} aria-label={label} options={[true, false].map((value) => ({ value, label: t(`offers.truth.${value}`) }))} onChange={set} />
  if (typeof one.value === 'number') return <InputNumber value={one.value} aria-label={label} onChange={(value) => set(value ?? 0)} />
  const known: Record<string, Array<{ value: string; label: string }>> = {
    class: ['normal', 'silver', 'gold', 'vip'].map((value) => ({ value, label: t(`scripts.class.${value}`) })),
    kind: ['person', 'company'].map((value) => ({ value, label: t(`offers.kind.${value}`) })),
    queue: queues,
  }
  const options = known[one.fact]
  // Tags and products are named freely: the list of the centre's own products is the business system's.
  return <Select mode={options ? 'multiple' : 'tags'} value={one.value} aria-label={label} options={options ?? []} tokenSeparators={options ? undefined : [',', '，', ' ']} placeholder={t('offers.rule.whatever')} status={one.value.length === 0 ? 'error' : undefined} onChange={set} />
}

const shown = (value: unknown, t: (key: string) => string): string => (value === null ? t('offers.rule.unknown') : typeof value === 'boolean' ? t(`offers.truth.${value}`) : Array.isArray(value) ? value.join('、') || '–' : String(value))
