import { Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { ManagerSelect } from '../ManagerSelect'
import { nameIn, useClasses, useTags } from '../reference'
import { withPart, type CustomerFilter } from './filter'

interface Props {
  filter: CustomerFilter
  onFilter: (filter: CustomerFilter) => void
}

export function Filters({ filter, onFilter }: Props) {
  const { t, i18n } = useTranslation()
  const classes = useClasses()
  const tags = useTags()
  const change = (part: Parameters<typeof withPart>[1]) => onFilter(withPart(filter, part))
  return (
    <div className="filters">
      <Select
        className="filter-class"
        value={filter.class}
        allowClear
        placeholder={t('customers.filter.class')}
        aria-label={t('customers.filter.class')}
        data-testid="filter-class"
        onChange={(value: string | undefined) => change({ class: value })}
        options={classes.data?.map((one) => ({ value: one.code, label: nameIn(one, i18n.language) }))}
      />
      <Select
        className="filter-tag"
        value={filter.tag}
        allowClear
        showSearch
        placeholder={t('customers.filter.tag')}
        aria-label={t('customers.filter.tag')}
        onChange={(value: string | undefined) => change({ tag: value })}
        options={tags.data?.map(({ code, name }) => ({ value: code, label: name }))}
      />
      <Select
        className="filter-kind"
        value={filter.kind}
        allowClear
        placeholder={t('customers.filter.kind')}
        aria-label={t('customers.filter.kind')}
        onChange={(value: CustomerFilter['kind']) => change({ kind: value })}
        options={(['person', 'company'] as const).map((value) => ({ value, label: t(`customers.kind.${value}`) }))}
      />
      <ManagerSelect
        className="filter-manager"
        value={filter.manager ?? null}
        placeholder={t('customers.filter.manager')}
        label={t('customers.filter.manager')}
        onChange={(value) => change({ manager: value ?? undefined })}
      />
    </div>
  )
}
