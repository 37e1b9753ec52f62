import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ErrorLine } from '@/shared/ui/parts'

interface Props {
  version: number
  /** Contacts that stay on what they began with. */
  running: number
  warnings: number
  problem: unknown
  busy: boolean
  onPublish: (note: string) => void
  onClose: () => void
}

/** Asks once more, with what follows. */
export function PublishDialog({ version, running, warnings, problem, busy, onPublish, onClose }: Props) {
  const { t } = useTranslation()
  const [note, setNote] = useState('')
  return (
    <Modal
      open
      title={t('flows.publish.title', { version })}
      width={460}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('flows.publish.cancel')}</Button>
          <Button type="primary" loading={busy} data-testid="publish-yes" onClick={() => onPublish(note.trim())}>
            {t('flows.head.publish')}
          </Button>
        </>
      }
    >
      <p>{running > 0 ? t('flows.publish.stays', { count: running }) : t('flows.publish.none')}</p>
      {warnings > 0 && <p className="text-amber">{t('flows.publish.warnings', { count: warnings })}</p>}
      <label htmlFor="publish-note" className="flow-note">
        {t('flows.publish.note')}
        <Input id="publish-note" autoFocus value={note} maxLength={200} placeholder={t('flows.publish.notePlaceholder')} data-testid="publish-note" onChange={({ target }) => setNote(target.value)} onPressEnter={(event) => !event.nativeEvent.isComposing && !busy && onPublish(note.trim())} />
      </label>
      {problem !== null && <ErrorLine problem={problem} />}
    </Modal>
  )
}
