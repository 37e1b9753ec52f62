import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { problemText } from '@/shared/i18n'
import { instantOf } from '@/shared/time/local'
import { save } from '@/shared/ui/download'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { toast } from '@/shared/ui/toasts'
import type { Filter } from './list'

/** Call detail records of the chosen dates as a file, for who may have them. */
export function ExportButton({ filter }: { filter: Filter }) {
  const { t } = useTranslation()
  const may = useMay()
  const [busy, setBusy] = useState(false)
  if (!may('interactions.export')) return null
  const { from, to } = filter
  const fetchFile = async (legs: boolean) => {
    if (!from || !to) return
    setBusy(true)
    try {
      const query = new URLSearchParams({ from: instantOf(from), to: instantOf(to, 1), legs: String(legs) })
      if (filter.ani) query.set('ani', filter.ani)
      if (filter.channel) query.set('channel', filter.channel)
      save(await api.blob(`/interactions/export.csv?${query}`), `${legs ? 'legs' : 'interactions'}-${from}-${to}.csv`)
    } catch (error) {
      toast(t('exporting.failed', { why: problemText(error, t) }))
    } finally {
      setBusy(false)
    }
  }
  const dated = Boolean(from && to)
  return (
    <Dropdown
      disabled={!dated || busy}
      trigger={['click']}
      menu={{
        items: [
          { key: 'calls', label: t('exporting.calls') },
          { key: 'legs', label: t('exporting.legs') },
        ],
        onClick: ({ key }) => void fetchFile(key === 'legs'),
      }}
    >
      <Button loading={busy} icon={<Icon name="download" size={14} />} title={dated ? undefined : t('exporting.range')} data-testid="export">
        {t('exporting.button')}
      </Button>
    </Dropdown>
  )
}
