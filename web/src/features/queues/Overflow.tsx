import { Button, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Queue } from '@/shared/api/admin'
import type { OverflowRule } from '@/shared/api/queues'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine } from '@/shared/ui/parts'
import type { Part } from './parts'
import { hasLimit, most_rules, movedUp, ruleWith, ruleWrong, waysOf, whens } from './settings'
import { usePrompts } from './usePrompts'

/** Where contacts go when nobody can take them here; the first rule that holds counts. */
export function Overflow({ value, set, writes, tried, queues }: Part & { queues: readonly Queue[] }) {
  const { t, i18n } = useTranslation()
  const { sentences } = usePrompts()
  const rules = value.overflows
  const others = queues.filter(({ active, code }) => active && code !== value.code).map((queue) => ({ value: queue.code, label: (i18n.language === 'en' && queue.name_en) || queue.name }))
  const put = (index: number, part: Partial<OverflowRule>) => set({ overflows: rules.map((rule, at) => (at === index ? ruleWith(rule, part) : rule)) })
  return (
    <>
      <p className="field-hint">{t('queueSet.overflowHint')}</p>
      {rules.length === 0 && <Empty>{t('queueSet.noRules')}</Empty>}
      <ol className="rules" data-testid="queue-rules">
        {rules.map((rule, index) => {
          const wrong = tried ? ruleWrong(rule, value.code) : undefined
          const at = index + 1
          return (
            // Rules have no names: their place is what they are known by.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={index} className="rule">
              <span className="rule-words">
                <Select
                  size="small"
                  className="rule-when"
                  value={rule.when}
                  disabled={!writes}
                  aria-label={`${at} ${t('queueSet.whenLabel')}`}
                  options={whens.map((when) => ({ value: when, label: t(`queueSet.when.${when}`) }))}
                  onChange={(when: OverflowRule['when']) => put(index, { when })}
                />
                {hasLimit(rule.when) && (
                  <InputNumber
                    size="small"
                    className="rule-limit"
                    value={rule.limit}
                    min={1}
                    max={86400}
                    precision={0}
                    disabled={!writes}
                    aria-label={`${at} ${t('queueSet.limit')}`}
                    suffix={rule.when === 'length' ? t('queueSet.people') : t('queueSet.seconds')}
                    onChange={(limit) => put(index, { limit: Number(limit ?? 0) })}
                  />
                )}
                <span className="rule-break" aria-hidden="true" />
                <Icon name="arrowRight" size={14} className="muted" />
                <Select
                  size="small"
                  className="rule-to"
                  value={rule.to}
                  disabled={!writes}
                  aria-label={`${at} ${t('queueSet.toLabel')}`}
                  options={waysOf(rule.when).map((to) => ({ value: to, label: to === 'queue' && rule.when === 'wait' ? t('queueSet.help') : t(`queueSet.to.${to}`) }))}
                  onChange={(to: OverflowRule['to']) => put(index, { to })}
                />
                {rule.to === 'queue' && <Select size="small" className="rule-target" value={rule.target || null} disabled={!writes} placeholder={t('queueSet.pickQueue')} aria-label={`${at} ${t('queueSet.target')}`} options={others.some((one) => one.value === rule.target) || !rule.target ? others : [...others, { value: rule.target, label: rule.target }]} onChange={(target: string | null) => put(index, { target: target ?? '' })} />}
                {rule.to === 'message' && <Select size="small" className="rule-target" value={rule.target || null} disabled={!writes} placeholder={t('queueSet.pickPrompt')} aria-label={`${at} ${t('queueSet.target')}`} showSearch={{ optionFilterProp: 'label' }} popupMatchSelectWidth={360} options={sentences} onChange={(target: string | null) => put(index, { target: target ?? '' })} />}
                {rule.to === 'number' && <Input size="small" className="rule-target" value={rule.target} disabled={!writes} inputMode="tel" maxLength={21} placeholder="0571…" aria-label={`${at} ${t('queueSet.target')}`} onChange={({ target }) => put(index, { target: target.value.replaceAll(/[\s-]/g, '') })} />}
              </span>
              {writes && (
                <span className="row-do">
                  <button type="button" className="icon-button" disabled={index === 0} aria-label={`${at} ${t('queueSet.up')}`} title={t('queueSet.up')} onClick={() => set({ overflows: movedUp(rules, index) })}>
                    <Icon name="arrowUp" />
                  </button>
                  <button type="button" className="icon-button" aria-label={`${at} ${t('queueSet.remove')}`} title={t('queueSet.remove')} onClick={() => set({ overflows: rules.filter((_, other) => other !== index) })}>
                    <Icon name="close" />
                  </button>
                </span>
              )}
              {rule.when === 'closed' && !value.calendar_id && <p className="field-hint rule-note">{t('queueSet.closedHint')}</p>}
              {wrong && <ErrorLine>{t(wrong)}</ErrorLine>}
            </li>
          )
        })}
      </ol>
      {writes && (
        <div className="line-add">
          <Button size="small" icon={<Icon name="plus" size={14} />} disabled={rules.length >= most_rules} title={rules.length >= most_rules ? t('queueSet.full') : undefined} data-testid="queue-add-rule" onClick={() => set({ overflows: [...rules, { when: 'wait', to: 'voicemail', limit: 120, target: '' }] })}>
            {t('queueSet.addRule')}
          </Button>
        </div>
      )}
    </>
  )
}
