import { Button, DatePicker, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { dialable, phone } from '@/shared/format/phone'
import { composing } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import { ExportButton } from './ExportButton'
import type { Filter } from './list'

interface Props {
  filter: Filter
  onFilter: (filter: Filter) => void
  busy: boolean
  onRefresh: () => void
}

const format = 'YYYY-MM-DD'

export function Filters({ filter, onFilter, busy, onRefresh }: Props) {
  const { t } = useTranslation()
  const [ani, setAni] = useState(phone(filter.ani))
  const [applied, setApplied] = useState(filter.ani)
  if (applied !== filter.ani) {
    setApplied(filter.ani)
    setAni(phone(filter.ani))
  }
  const change = (part: Filter) => {
    const next = { ...filter, ...part }
    for (const name of Object.keys(next) as (keyof Filter)[]) if (!next[name]) delete next[name]
    onFilter(next)
  }
  const search = () => change({ ani: dialable(ani) || undefined })
  const today = dayjs()
  return (
    <div className="filters">
      <Input
        value={ani}
        allowClear
        inputMode="tel"
        className="filter-ani"
        prefix={<Icon name="search" className="muted" />}
        placeholder={t('list.filter.aniHint')}
        aria-label={t('list.filter.ani')}
        data-testid="filter-ani"
        onChange={(event) => {
          setAni(event.target.value)
          if (event.target.value === '' && filter.ani) change({ ani: undefined })
        }}
        onBlur={search}
        onKeyDown={(event) => {
          if (!composing(event.nativeEvent) && event.key === 'Enter') search()
        }}
      />
      <Select
        value={filter.channel ?? ''}
        className="filter-channel"
        aria-label={t('list.filter.channel')}
        onChange={(channel: string) => change({ channel: channel || undefined })}
        options={[
          { value: '', label: t('list.filter.allChannels') },
          { value: 'voice', label: t('channel.voice') },
        ]}
      />
      <DatePicker.RangePicker
        className="filter-dates"
        value={[filter.from ? dayjs(filter.from) : null, filter.to ? dayjs(filter.to) : null]}
        allowEmpty={[true, true]}
        format={format}
        disabledDate={(date) => date.isAfter(today, 'day')}
        presets={[
          { label: t('list.filter.today'), value: [today, today] },
          { label: t('list.filter.week'), value: [today.subtract(6, 'day'), today] },
          { label: t('list.filter.month'), value: [today.subtract(29, 'day'), today] },
        ]}
        onChange={(dates) => change({ from: dates?.[0]?.format(format), to: dates?.[1]?.format(format) })}
      />
      <Button loading={busy} onClick={onRefresh}>
        {t('list.refresh')}
      </Button>
      <ExportButton filter={filter} />
    </div>
  )
}
