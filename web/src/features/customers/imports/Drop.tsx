import { Progress } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { bytes, type CustomerImport } from './model'

const largest = 2 * 1024 ** 3

/** Where a file is dropped or chosen; it goes up as it is read, however large. */
export function Drop({ onUploaded }: { onUploaded: (one: CustomerImport) => void }) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const sending = useRef<AbortController | null>(null)
  const [over, setOver] = useState(false)
  const [file, setFile] = useState<File | null>(null)
  const [part, setPart] = useState(0)
  const [problem, setProblem] = useState<unknown>(null)

  const send = async (chosen: File | undefined) => {
    if (!chosen) return
    setProblem(null)
    if (chosen.size > largest) {
      setProblem({ code: 'file_too_large' })
      return
    }
    setFile(chosen)
    setPart(0)
    const controller = new AbortController()
    sending.current = controller
    try {
      onUploaded(await api.upload<CustomerImport>('/customers/imports', chosen, setPart, controller.signal))
    } catch (error) {
      if (!controller.signal.aborted) setProblem(error)
    } finally {
      setFile(null)
      sending.current = null
      // The same file can be chosen again after it was mended.
      if (input.current) input.current.value = ''
    }
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the button inside does the same with keys
    <div
      className={`drop ${over ? 'drop-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        if (!file) void send(event.dataTransfer.files[0])
      }}
    >
      <input
        ref={input}
        type="file"
        accept=".csv,.txt,.tsv,.xlsx"
        hidden
        aria-label={t('customers.imports.choose')}
        data-testid="import-file"
        onChange={(event) => void send(event.target.files?.[0])}
      />
      {file ? (
        <div className="drop-sending">
          <span className="ellipsis">
            {t('customers.imports.sending', { name: file.name })} <span className="muted">{bytes(file.size)}</span>
          </span>
          <Progress percent={Math.round(part * 100)} size="small" status="active" aria-label={t('customers.imports.sending', { name: file.name })} />
          <button type="button" className="link" onClick={() => sending.current?.abort()}>
            {t('customers.cancel')}
          </button>
        </div>
      ) : (
        <>
          <Icon name="upload" size={20} className="muted" />
          <span>
            {t('customers.imports.drop')}{' '}
            <button type="button" className="link" data-first-action="" onClick={() => input.current?.click()}>
              {t('customers.imports.choose')}
            </button>
          </span>
          <span className="muted">{t('customers.imports.formats')}</span>
        </>
      )}
      {problem !== null && <ErrorLine problem={problem} />}
    </div>
  )
}
