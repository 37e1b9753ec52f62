import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { phone } from '@/shared/format/phone'
import { serverNow } from '@/shared/time/clock'
import { day } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { Chip, Keycap } from '@/shared/ui/parts'
import { personLine } from '@/shared/ui/person'
import { toast } from '@/shared/ui/toasts'
import { codeText, problemText } from '@/shared/i18n'
import { ClassChip } from '../ClassChip'
import { useMay } from '../may'
import type { CustomerRecord } from '../types'
import { EraseDialog } from './EraseDialog'
import { exportRecord } from './exportRecord'
import { ReasonDialog } from './ReasonDialog'
import { useEdit } from './useEdit'
import { useChanged } from './useRecord'

interface Props {
  record: CustomerRecord
  onBack: () => void
  onEdit: () => void
  editing: boolean
}

/** Who this is, in two lines that stay whatever tab is open below. */
export function Strip({ record, onBack, onEdit, editing }: Props) {
  const { t, i18n } = useTranslation()
  const may = useMay()
  const [erasing, setErasing] = useState(false)
  const [holding, setHolding] = useState(false)
  const [exporting, setExporting] = useState(false)
  const edit = useEdit(record.id)
  const changed = useChanged(record.id)
  const main = record.identities.find((one) => one.kind === 'phone' && one.role === 'owner') ?? record.identities.find((one) => one.kind === 'phone' && one.role !== 'former')
  const refused = record.consents.filter((one) => !one.allowed)
  const person = personLine({ gender: record.gender as 'female' | 'male' | null, birth_year: record.birth_year }, t, serverNow())

  const download = async () => {
    setExporting(true)
    try {
      await exportRecord(record)
      toast(t('customers.exported'), 'ok')
    } catch (error) {
      toast(t('customers.exportFailed', { why: problemText(error, t) }))
    } finally {
      setExporting(false)
    }
  }
  const path = `/customers/${record.id}/hold`
  const release = async () => {
    const { hold } = record
    const done = await edit.run(() => api.delete(path), { text: t('customers.hold.released'), undo: () => api.put(path, { reason: hold?.reason ?? '' }) })
    if (!done) toast(t('customers.hold.failed'))
  }
  const more = [
    ...(may('customers.export') ? [{ key: 'export', label: t('customers.export'), icon: <Icon name="download" />, onClick: () => void download() }] : []),
    ...(may('customers.erase')
      ? [
          record.hold
            ? { key: 'release', label: t('customers.hold.release'), icon: <Icon name="shield" />, onClick: () => void release() }
            : { key: 'hold', label: t('customers.hold.open'), icon: <Icon name="shield" />, onClick: () => setHolding(true) },
          { key: 'erase', danger: true, disabled: record.hold !== null, label: t('customers.erase.open'), icon: <Icon name="trash" />, onClick: () => setErasing(true) },
        ]
      : []),
  ]

  return (
    <header className="identity record-strip">
      <button type="button" className="icon-button strip-back" onClick={onBack} aria-label={t('detail.back')} title={`${t('detail.back')} Esc`}>
        <Icon name="chevronLeft" size={18} />
      </button>
      <div className="strip-words">
        <div className="identity-line">
          <h1 className="identity-name ellipsis" data-testid="customer-name" title={record.name}>
            {record.name}
          </h1>
          <span className="identity-person">{record.kind === 'company' ? t('customers.kind.company') : person}</span>
          <ClassChip value={record.class} />
          {main && <span className="identity-number">{phone(main.value)}</span>}
          <span className="strip-tags">
            {record.tags.map((tag) => (
              <Chip key={tag} icon="tag">
                {tag}
              </Chip>
            ))}
          </span>
        </div>
        <div className="identity-line identity-minor">
          <span>{t('customer.no', { no: record.no })}</span>
          {record.manager && (
            <span className="identity-manager">
              {t('customers.managerIs', { name: record.manager.name, number: record.manager.number ?? '' })}
            </span>
          )}
          {record.since && <span>{t('customers.since', { day: day(record.since, serverNow(), i18n.language) })}</span>}
          <span className="identity-side">
            {record.hold && (
              <Chip tone="neutral" icon="shield" title={record.hold.reason}>
                {t('customers.hold.mark')}
              </Chip>
            )}
            {refused.length > 0 && (
              <Chip tone="red" icon="stop" title={refused.map((one) => `${codeText(t, 'customers.consent', one.channel)} · ${codeText(t, 'customers.purpose', one.purpose)}`).join('\n')}>
                {t('customers.doNotContact', { channels: [...new Set(refused.map((one) => codeText(t, 'customers.consent', one.channel)))].join(t('customers.comma')) })}
              </Chip>
            )}
            {record.warnings.map((warning) => (
              <Chip key={warning} tone="amber" icon="triangle" title={warning}>
                {warning}
              </Chip>
            ))}
          </span>
        </div>
      </div>
      <div className="strip-acts">
        {may('customers.write') && (
          <Button icon={<Icon name="pen" />} onClick={onEdit} disabled={editing} data-testid="record-edit">
            {t('customers.edit.open')} <Keycap>Alt E</Keycap>
          </Button>
        )}
        {more.length > 0 && (
          <Dropdown menu={{ items: more }} trigger={['click']} placement="bottomRight">
            <Button loading={exporting} aria-label={t('customers.more')} data-testid="record-more" icon={<Icon name="more" />} />
          </Dropdown>
        )}
      </div>
      {erasing && <EraseDialog record={record} onClose={() => setErasing(false)} />}
      {holding && (
        <ReasonDialog
          title={t('customers.hold.title', { name: record.name })}
          what={t('customers.hold.what')}
          verb={t('customers.hold.verb')}
          hint={t('customers.hold.hint')}
          onAct={async (reason) => {
            await api.put(path, { reason })
            await changed()
            toast(t('customers.hold.done'), 'ok')
            setHolding(false)
          }}
          onClose={() => setHolding(false)}
        />
      )}
    </header>
  )
}
