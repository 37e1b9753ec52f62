import { Button, Popconfirm } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface Props {
  /** What will be done, and what follows. */
  title: string
  hint?: string
  /** The verb, on the button that asks and on the one that does it. */
  verb: string
  onConfirm: () => void
  disabled?: boolean
  loading?: boolean
  danger?: boolean
  icon?: ReactNode
  testId?: string
}

/** A button for what cannot be taken back: it asks, with the verb on the answer. */
export function Confirm({ title, hint, verb, onConfirm, disabled, loading, danger = true, icon, testId }: Props) {
  const { t } = useTranslation()
  return (
    <Popconfirm
      title={title}
      description={hint}
      okText={verb}
      cancelText={t('list.cancel')}
      okButtonProps={{ danger, className: testId && `${testId}-yes` }}
      onConfirm={onConfirm}
      disabled={disabled}
    >
      <Button size="small" danger={danger} disabled={disabled} loading={loading} icon={icon} data-testid={testId}>
        {verb}
      </Button>
    </Popconfirm>
  )
}
