import { Button, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Icon } from './Icon'

export interface Secret {
  label: string
  value: string
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Without https the clipboard is closed to pages: the text can be selected by hand.
    return false
  }
}

/** A value with a button that copies it. */
export function Copyable({ value, testId }: { value: string; testId?: string }) {
  const { t } = useTranslation()
  const [done, setDone] = useState(false)
  return (
    <span className="copyable">
      <code data-testid={testId}>{value}</code>
      <button
        type="button"
        className="icon-button"
        aria-label={t('list.copy')}
        title={t(done ? 'list.copied' : 'list.copy')}
        onClick={() => void copyText(value).then(setDone)}
      >
        <Icon name={done ? 'check' : 'copy'} className={done ? 'text-ok' : undefined} />
      </button>
    </span>
  )
}

/** What the centre says once and never again. Closing takes a decision: neither Esc nor a click beside it does. */
export function Secrets({ title, secrets, note, onDone }: { title: string; secrets: readonly Secret[]; note?: string; onDone: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      open
      title={title}
      width={480}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={onDone} data-testid="secret-done">
          {t('list.writtenDown')}
        </Button>
      }
    >
      <p className="secret-note">
        <Icon name="triangle" className="text-amber" /> {t('list.onlyOnce')}
      </p>
      <dl className="secret-list">
        {secrets.map(({ label, value }, place) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <Copyable value={value} testId={`secret-${place}`} />
            </dd>
          </div>
        ))}
      </dl>
      {note && <p className="muted">{note}</p>}
    </Modal>
  )
}
