import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { ErrorLine } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { listSearch } from '../list/filter'
import { restartLists } from '../list/useCustomers'
import type { CustomerRecord } from '../types'

/** Erasing cannot be undone: the dialog names who, says what stays, and asks why. */
export function EraseDialog({ record, onClose }: { record: CustomerRecord; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const [sending, setSending] = useState(false)
  const erase = async () => {
    if (!reason.trim()) {
      setMissing(true)
      return
    }
    setSending(true)
    setProblem(null)
    try {
      await api.post(`/customers/${record.id}/erase`, { reason: reason.trim() })
      toast(t('customers.erase.done', { no: record.no }), 'ok')
      queries.removeQueries({ queryKey: ['customer', record.id] })
      queries.removeQueries({ queryKey: ['overview', record.id] })
      await navigate({ to: '/customers', search: listSearch })
      void restartLists(queries)
    } catch (error) {
      setProblem(error)
      setSending(false)
    }
  }
  return (
    <Modal
      open
      title={t('customers.erase.title', { name: record.name })}
      width={480}
      onCancel={onClose}
      footer={[
        <Button key="keep" onClick={onClose}>
          {t('customers.cancel')}
        </Button>,
        <Button key="erase" danger type="primary" loading={sending} data-testid="erase-confirm" onClick={() => void erase()}>
          {t('customers.erase.verb')}
        </Button>,
      ]}
    >
      <p>{t('customers.erase.what')}</p>
      <p className="muted">{t('customers.erase.stays')}</p>
      <label className="dialog-label" htmlFor="erase-reason">
        {t('customers.reason')} *
      </label>
      <Input.TextArea
        id="erase-reason"
        autoFocus
        rows={2}
        maxLength={500}
        value={reason}
        status={missing ? 'error' : undefined}
        placeholder={t('customers.erase.reasonHint')}
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
