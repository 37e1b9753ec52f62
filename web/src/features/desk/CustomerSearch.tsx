import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { apiOf } from '@/shared/api/client'
import type { CustomerCard, InteractionDocument, Page } from '@/shared/api/types'
import { composing } from '@/shared/keys/keys'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { Candidates } from './Candidates'

interface Props {
  /** Whose tenant's customers are looked through. */
  interaction: InteractionDocument
  chosen: string | null
  pending: string | null
  onChoose: (id: string) => void
}

/** By name, customer number or the last digits of a phone. Asked on Enter, not on each key. */
export function CustomerSearch({ interaction, chosen, pending, onChoose }: Props) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [asked, setAsked] = useState('')
  const query = useQuery({
    queryKey: ['customers', interaction.tenant.id, asked],
    queryFn: ({ signal }) => apiOf(interaction).get<Page<CustomerCard>>('/customers', { q: asked, limit: 20 }, signal),
    enabled: asked !== '',
  })
  const patience = usePatience(query.isFetching)
  return (
    <div className="search">
      <div className="search-line">
        <Input
          value={text}
          prefix={<Icon name="search" className="muted" />}
          placeholder={t('identify.searchPlaceholder')}
          aria-label={t('identify.find')}
          data-testid="customer-search"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (!composing(event.nativeEvent) && event.key === 'Enter') setAsked(text.trim())
          }}
        />
        <Button onClick={() => setAsked(text.trim())}>{t('identify.search')}</Button>
      </div>
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isFetching && !query.data && patience !== 'none' && <Skeleton />}
      {query.data?.items.length === 0 && <Empty>{t('identify.nothing', { text: asked })}</Empty>}
      {query.data && query.data.items.length > 0 && (
        <>
          <Candidates cards={query.data.items} chosen={chosen} pending={pending} onChoose={onChoose} />
          {query.data.next_cursor && <p className="muted">{t('identify.more')}</p>}
        </>
      )}
    </div>
  )
}
