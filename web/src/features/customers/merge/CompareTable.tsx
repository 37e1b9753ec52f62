import { Radio } from 'antd'
import { useTranslation } from 'react-i18next'

import { phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import { same } from '../record/changes'
import { useFieldWord, useValueWord } from '../record/words'
import type { CustomerRecord } from '../types'
import { comparable, result, singleFields, type Choice, type Side } from './choose'

interface Props {
  keep: CustomerRecord
  drop: CustomerRecord
  choice: Choice
  onChoose: (field: string, side: Side) => void
}

/** Field by field: the kept one, the other, the result. Only where they differ is there something to choose. */
export function CompareTable({ keep, drop, choice, onChoose }: Props) {
  const { t } = useTranslation()
  const word = useFieldWord()
  const value = useValueWord()
  const a = comparable(keep)
  const b = comparable(drop)
  const merged = result(keep, drop, choice)
  const say = (field: string, of: CustomerRecord) => {
    if (field === 'manager_id') return value(field, of.manager)
    return value(field, comparable(of)[field])
  }
  const lists: Array<[string, (of: CustomerRecord) => string[]]> = [
    ['identities', (of) => of.identities.map((one) => (one.kind === 'phone' ? phone(one.value) : one.value))],
    ['addresses', (of) => of.addresses.map((one) => one.text_masked)],
    ['tags', (of) => of.tags],
    ['warnings', (of) => of.warnings],
    ['relations', (of) => of.relations.map((one) => `${codeText(t, 'customers.relation', one.kind)} ${one.customer.name}`)],
    ['consents', (of) => of.consents.map((one) => `${codeText(t, 'customers.consent', one.channel)} ${t(one.allowed ? 'customers.consents.allowed' : 'customers.consents.refused')}`)],
  ]
  const cell = (field: string, side: Side, of: CustomerRecord, differs: boolean) =>
    differs ? (
      <Radio checked={(choice[field] ?? 'keep') === side} onChange={() => onChoose(field, side)} data-testid={`choose-${field}-${side}`}>
        {say(field, of)}
      </Radio>
    ) : (
      <span className="compare-same">{say(field, of)}</span>
    )
  return (
    <table className="compare">
      <thead>
        <tr>
          <th scope="col" aria-label={t('customers.compare.field')} />
          <th scope="col">
            {t('customers.compare.keep')} <span className="muted">{keep.no}</span>
          </th>
          <th scope="col">
            {t('customers.compare.drop')} <span className="muted">{drop.no}</span>
          </th>
          <th scope="col" className="compare-result">
            {t('customers.compare.result')}
          </th>
        </tr>
      </thead>
      <tbody>
        {singleFields(keep, drop).map((field) => {
          const differs = !same(a[field], b[field])
          return (
            <tr key={field} className={differs ? 'differs' : ''}>
              <th scope="row">{word(field)}</th>
              <td>{cell(field, 'keep', keep, differs)}</td>
              <td>{cell(field, 'drop', drop, differs)}</td>
              <td className="compare-result" data-testid={`result-${field}`}>
                {field === 'manager_id' ? say(field, choice[field] === 'drop' ? drop : keep) : value(field, merged[field])}
              </td>
            </tr>
          )
        })}
        {lists.map(([field, of]) => {
          const left = of(keep)
          const right = of(drop)
          if (left.length + right.length === 0) return null
          return (
            <tr key={field}>
              <th scope="row">{t(`customers.field.${field}`)}</th>
              <td>
                <Lines items={left} />
              </td>
              <td>
                <Lines items={right} />
              </td>
              <td className="compare-result">
                {/* Addresses that look alike once masked need not be the same one. */}
                <Lines items={field === 'addresses' ? [...left, ...right] : [...new Set([...left, ...right])]} />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Lines({ items }: { items: string[] }) {
  const { t } = useTranslation()
  if (items.length === 0) return <span className="muted">{t('customers.nothing')}</span>
  return (
    <>
      {items.map((item, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- two addresses may look the same once masked
        <div key={`${item}/${index}`}>{item}</div>
      ))}
    </>
  )
}
