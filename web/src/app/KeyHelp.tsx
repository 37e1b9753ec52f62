import { Modal } from 'antd'
import { useTranslation } from 'react-i18next'

import { Keycap } from '@/shared/ui/parts'

const keys: Array<[string, string]> = [
  ['F2', 'phone.answer'],
  ['Shift F2', 'keys.hangup'],
  ['F4', 'keys.hold'],
  ['F8', 'keys.mute'],
  ['Alt 1–9', 'keys.tab'],
  ['Alt ↑ ↓', 'keys.roster'],
  ['Alt N', 'keys.note'],
  ['Ctrl Enter', 'keys.submit'],
  ['Ctrl K', 'keys.palette'],
  ['F6', 'keys.region'],
  ['Esc', 'keys.escape'],
  ['1–9', 'keys.candidate'],
  ['F1', 'keys.all'],
]

export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t('keys.all')} width={440} destroyOnHidden>
      <dl className="key-list">
        {keys.map(([key, name]) => (
          <div key={key}>
            <dt>
              <Keycap>{key}</Keycap>
            </dt>
            <dd>{t(name)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
