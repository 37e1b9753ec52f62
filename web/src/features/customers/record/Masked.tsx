import { Button, Input, Popover } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { ErrorLine } from '@/shared/ui/parts'
import { useMay } from '../may'
import { RowAct } from './Parts'

/** How long a masked value stays open, in seconds: to read it out, not to leave it on the screen. */
export const open_seconds = 30

interface Props {
  customerId: string
  /** As the centre calls it: `id_number`, `address:<id>`. */
  field: string
  masked: string
  label: string
}

/** A value that is shown masked. To see it one says why; the centre writes that down, and the screen forgets it again. */
export function Masked({ customerId, field, masked, label }: Props) {
  const { t } = useTranslation()
  const may = useMay()
  const [value, setValue] = useState<string | null>(null)
  const [left, setLeft] = useState(0)
  const [asking, setAsking] = useState(false)
  useEffect(() => {
    if (value === null) return
    const end = Date.now() + open_seconds * 1_000
    const timer = setInterval(() => {
      const rest = Math.ceil((end - Date.now()) / 1_000)
      setLeft(rest)
      if (rest <= 0) setValue(null)
    }, 500)
    return () => clearInterval(timer)
  }, [value])

  return (
    <span className="masked" data-testid="masked" data-open={value !== null}>
      <span className={value === null ? 'ellipsis' : 'masked-open'} title={value === null ? masked : undefined}>
        {value ?? masked}
      </span>
      {value !== null && (
        <button type="button" className="link masked-left" onClick={() => setValue(null)}>
          {t('customers.reveal.hide', { seconds: Math.max(0, left) })}
        </button>
      )}
      {value === null && may('customers.reveal') && (
        <Popover
          open={asking}
          onOpenChange={setAsking}
          trigger={['click']}
          placement="bottom"
          destroyOnHidden
          content={
            <Reason
              customerId={customerId}
              field={field}
              label={label}
              onShown={(shown) => {
                setAsking(false)
                setLeft(open_seconds)
                setValue(shown)
              }}
            />
          }
        >
          <span>
            <RowAct icon="eye" label={t('customers.reveal.open', { what: label })} testId="reveal" onClick={() => setAsking(true)} />
          </span>
        </Popover>
      )}
    </span>
  )
}

interface ReasonProps {
  customerId: string
  field: string
  label: string
  onShown: (value: string) => void
}

function Reason({ customerId, field, label, onShown }: ReasonProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const show = async (why: string) => {
    if (!why.trim()) {
      setMissing(true)
      return
    }
    setBusy(true)
    setProblem(null)
    try {
      const { values } = await api.post<{ values: Record<string, string | null> }>(`/customers/${customerId}/reveal`, { fields: [field], reason: why.trim() })
      onShown(values[field] ?? t('customers.nothing'))
    } catch (error) {
      setProblem(error)
      setBusy(false)
    }
  }
  return (
    <form
      className="reveal"
      onSubmit={(event) => {
        event.preventDefault()
        void show(reason)
      }}
    >
      <p>
        <b>{t('customers.reveal.title', { what: label })}</b>
      </p>
      <p className="muted">{t('customers.reveal.note', { seconds: open_seconds })}</p>
      <div className="reveal-usual">
        {(['verify', 'service', 'complaint'] as const).map((code) => (
          <Button key={code} size="small" disabled={busy} onClick={() => void show(t(`customers.reveal.usual.${code}`))}>
            {t(`customers.reveal.usual.${code}`)}
          </Button>
        ))}
      </div>
      <div className="reveal-line">
        <Input
          size="small"
          autoFocus
          value={reason}
          maxLength={200}
          status={missing ? 'error' : undefined}
          aria-label={t('customers.reason')}
          placeholder={t('customers.reveal.otherReason')}
          data-testid="reveal-reason"
          onChange={(event) => {
            setReason(event.target.value)
            setMissing(false)
          }}
        />
        <Button size="small" type="primary" htmlType="submit" loading={busy}>
          {t('customers.reveal.show')}
        </Button>
      </div>
      {missing && <ErrorLine>{t('customers.reasonMissing')}</ErrorLine>}
      {problem !== null && <ErrorLine problem={problem} />}
    </form>
  )
}
