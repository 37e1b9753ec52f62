import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ErrorLine } from '@/shared/ui/parts'

interface Props {
  title: string
  what: string
  /** What stays as it is, where that needs saying. */
  stays?: string
  /** On the button that does it. */
  verb: string
  /** An example of a reason. */
  hint: string
  danger?: boolean
  /** Rejects with what is wrong; closing is up to the caller. */
  onAct: (reason: string) => Promise<void>
  onClose: () => void
}

/** Says who and what, asks why, and has the verb on its button. */
export function ReasonDialog({ title, what, stays, verb, hint, danger = false, onAct, onClose }: Props) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const [sending, setSending] = useState(false)
  const act = async () => {
    if (!reason.trim()) {
      setMissing(true)
      return
    }
    setSending(true)
    setProblem(null)
    try {
      await onAct(reason.trim())
    } catch (error) {
      setProblem(error)
      setSending(false)
    }
  }
  return (
    <Modal
      open
      title={title}
      width={480}
      onCancel={onClose}
      footer={[
        <Button key="keep" onClick={onClose}>
          {t('customers.cancel')}
        </Button>,
        <Button key="act" danger={danger} type="primary" loading={sending} data-testid="reason-confirm" onClick={() => void act()}>
          {verb}
        </Button>,
      ]}
    >
      <p>{what}</p>
      {stays && <p className="muted">{stays}</p>}
      <label className="dialog-label" htmlFor="dialog-reason">
        {t('customers.reason')} *
      </label>
      <Input.TextArea
        id="dialog-reason"
        autoFocus
        rows={2}
        maxLength={500}
        value={reason}
        status={missing ? 'error' : undefined}
        placeholder={hint}
        onChange={(event) => {
          setReason(event.target.value)
          setMissing(false)
        }}
      />
      {missing && <ErrorLine>{t('customers.reasonMissing')}</ErrorLine>}
      {problem !== null && <ErrorLine problem={problem} />}
    </Modal>
  )
}
