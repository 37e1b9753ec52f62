import { Button, Input, Modal } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction as useRequest } from '@/shared/api/lists'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import type { FlowWhole } from './types'

const most_bytes = 512 * 1024

/** A flow from a file, as one was exported. */
export function ImportDialog({ onMade, onClose }: { onMade: (code: string) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [file, setFile] = useState<File | null>(null)
  const [code, setCode] = useState('')
  const [tried, setTried] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const { busy, problem, run } = useRequest('/flows')
  const wrong = file && file.size > most_bytes ? 'flows.importing.tooLarge' : tried && !file ? 'flows.importing.none' : undefined
  const submit = async () => {
    setTried(true)
    if (!file || file.size > most_bytes || busy) return
    const done = await run(async () => api.post<FlowWhole>('/flows/import', { text: await file.text(), ...(code.trim() ? { code: code.trim() } : {}) }))
    if (done.ok) onMade(done.value.code)
  }
  return (
    <Modal
      open
      title={t('flows.importing.title')}
      width={480}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('flows.publish.cancel')}</Button>
          <Button type="primary" loading={busy} data-testid="import-yes" onClick={() => void submit()}>
            {t('flows.importing.submit')}
          </Button>
        </>
      }
    >
      <div className="form">
        <Field label={t('flows.importing.file')} required error={wrong} hint={t('flows.importing.hint')}>
          <input ref={picker} type="file" hidden accept=".json,.yaml,.yml,application/json" data-testid="import-file" onChange={({ target }) => setFile(target.files?.[0] ?? null)} />
          <Button icon={<Icon name="upload" />} onClick={() => picker.current?.click()}>
            {file?.name ?? t('flows.importing.file')}
          </Button>
        </Field>
        <Field id="import-code" label={t('flows.importing.code')}>
          <Input id="import-code" value={code} maxLength={64} spellCheck={false} autoComplete="off" onChange={({ target }) => setCode(target.value)} />
        </Field>
        {problem !== null && <ErrorLine problem={problem} />}
      </div>
    </Modal>
  )
}
