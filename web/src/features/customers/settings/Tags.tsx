import { Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine, Section, Skeleton } from '@/shared/ui/parts'
import { AddLink, InlineForm } from '../record/Parts'
import { useTags } from '../reference'
import { useSave } from './useSave'

/** Tags that are offered when customers are described. */
export function Tags() {
  const { t } = useTranslation()
  const query = useTags()
  const [name, setName] = useState<string | null>(null)
  const { save, busy, problem, clear } = useSave('customer-tags')
  const submit = async () => {
    if (!name?.trim()) return
    if (await save(() => api.put(`/customer-tags/${encodeURIComponent(name.trim())}`, { color: 'default' }))) setName(null)
  }
  return (
    <Section icon="tag" title={t('customers.settings.tags')} count={query.data?.length} extra={name === null && <AddLink label={t('customers.add')} testId="tag-add" onClick={() => setName('')} />}>
      {query.isPending && <Skeleton rows={2} />}
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && name === null && <Empty>{t('customers.settings.noTags')}</Empty>}
      <div className="tag-cloud">
        {query.data?.map((one) => (
          <span key={one.code} className="chip tone-neutral tag-chip" data-testid="tag">
            <span className="chip-text">{one.name}</span>
            <button type="button" className="tag-remove" disabled={busy} aria-label={t('customers.remove', { what: one.name })} onClick={() => void save(() => api.delete(`/customer-tags/${encodeURIComponent(one.code)}`))}>
              <Icon name="close" size={12} />
            </button>
          </span>
        ))}
      </div>
      {name === null && problem !== null && <ErrorLine problem={problem} />}
      {name !== null && (
        <InlineForm
          busy={busy}
          problem={problem}
          onSave={() => void submit()}
          onCancel={() => {
            clear()
            setName(null)
          }}
        >
          <Input size="small" className="wide-all" autoFocus value={name} maxLength={50} aria-label={t('customers.settings.tag')} placeholder={t('customers.settings.tag')} onChange={(event) => setName(event.target.value)} />
        </InlineForm>
      )}
    </Section>
  )
}
