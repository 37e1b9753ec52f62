import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { ErrorLine } from '@/shared/ui/parts'

/** "Add" in the head of a section. */
export function AddLink({ label, onClick, testId }: { label: string; onClick: () => void; testId?: string }) {
  return (
    <button type="button" className="link" onClick={onClick} data-testid={testId}>
      <Icon name="plus" size={14} /> {label}
    </button>
  )
}

/** A small act at the end of a row: an icon with its word for those who do not see it. */
export function RowAct({ icon, label, onClick, testId, disabled }: { icon: IconName; label: string; onClick: () => void; testId?: string; disabled?: boolean }) {
  return (
    <button type="button" className="row-act" disabled={disabled} aria-label={label} title={label} onClick={onClick} data-testid={testId}>
      <Icon name={icon} size={14} />
    </button>
  )
}

interface Props {
  children: ReactNode
  busy: boolean
  problem: unknown
  onSave: () => void
  onCancel: () => void
}

/** A line of fields inside a section, for one thing; Enter saves it. */
export function InlineForm({ children, busy, problem, onSave, onCancel }: Props) {
  const { t } = useTranslation()
  return (
    <form
      className="inline-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!busy) onSave()
      }}
    >
      <div className="inline-fields">{children}</div>
      {problem !== null && <ErrorLine problem={problem} />}
      <div className="inline-acts">
        <Button size="small" onClick={onCancel}>
          {t('customers.cancel')}
        </Button>
        <Button size="small" type="primary" htmlType="submit" loading={busy} data-testid="inline-save">
          {t('customers.save')}
        </Button>
      </div>
    </form>
  )
}
