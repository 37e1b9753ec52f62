import { useTranslation } from 'react-i18next'

import { serverNow } from '@/shared/time/clock'
import { day, dayTime } from '@/shared/time/format'
import { Section } from '@/shared/ui/parts'
import { nameIn, useClassName, useFields } from '../reference'
import type { CustomerRecord, CustomField, CustomValue } from '../types'
import { Masked } from './Masked'

/** The other facts: id number, what the tenant has added, when the record was made and changed. */
export function Facts({ record }: { record: CustomerRecord }) {
  const { t, i18n } = useTranslation()
  const fields = useFields()
  const className = useClassName()
  const now = serverNow()
  const show = (field: CustomField, value: CustomValue | undefined): string => {
    if (value === null || value === undefined || value === '') return t('customers.nothing')
    if (field.type === 'bool') return t(value ? 'customers.yes' : 'customers.no')
    if (field.type === 'date') return day(String(value), now, i18n.language)
    if (field.type === 'number') return Number(value).toLocaleString(i18n.language)
    return String(value)
  }
  return (
    <Section icon="info" title={t('customers.facts')}>
      <dl className="fact-list">
        <div>
          <dt>{t('customers.field.id_number')}</dt>
          <dd>
            {record.id_number_masked ? (
              <Masked customerId={record.id} field="id_number" masked={record.id_number_masked} label={t('customers.field.id_number')} />
            ) : (
              <span className="muted">{t('customers.nothing')}</span>
            )}
          </dd>
        </div>
        {record.kind === 'person' && record.birth_year !== null && (
          <div>
            <dt>{t('customers.field.birth_year')}</dt>
            <dd>{record.birth_year}</dd>
          </div>
        )}
        <div>
          <dt>{t('customers.field.class')}</dt>
          <dd>{className(record.class)}</dd>
        </div>
        {fields.data?.map((field) => (
          <div key={field.code}>
            <dt>{nameIn(field, i18n.language)}</dt>
            <dd className={record.custom[field.code] === undefined || record.custom[field.code] === null ? 'muted' : 'ellipsis'}>{show(field, record.custom[field.code])}</dd>
          </div>
        ))}
        <div>
          <dt>{t('customers.field.created')}</dt>
          <dd>{dayTime(record.created_at, now, i18n.language)}</dd>
        </div>
        <div>
          <dt>{t('customers.field.updated')}</dt>
          <dd>{dayTime(record.updated_at, now, i18n.language)}</dd>
        </div>
      </dl>
    </Section>
  )
}
