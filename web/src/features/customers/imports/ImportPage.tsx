import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { restartLists } from '../list/useCustomers'
import { useEscape } from '../useEscape'
import { ImportChip } from './ImportChip'
import { MappingStep } from './MappingStep'
import { busy, bytes, stepOf, type CustomerImport } from './model'
import { RunStep } from './RunStep'

const steps = ['file', 'mapping', 'check', 'run'] as const

/** One import from the file to the result; the page shows the step it is at, also to whoever comes back to it. */
export function ImportPage() {
  const { importId } = useParams({ from: '/customers/imports/$importId' })
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const query = useQuery({
    queryKey: ['customer-import', importId],
    queryFn: ({ signal }) => api.get<CustomerImport>(`/customers/imports/${importId}`, undefined, signal),
    refetchInterval: ({ state }) => (state.data && busy(state.data.state) ? 1_000 : false),
  })
  const patience = usePatience(query.isPending)
  const back = () => void navigate({ to: '/customers/imports' })
  useEscape(back)

  // Customers came, changed or went: the lists below are no longer what they were.
  const state = query.data?.state
  const before = useRef(state)
  useEffect(() => {
    if (state !== before.current && (before.current === 'running' || before.current === 'undoing')) {
      void restartLists(queries)
      for (const key of ['customer', 'overview']) void queries.invalidateQueries({ queryKey: [key] })
    }
    before.current = state
  }, [state, queries])

  return (
    <div className="section-page" data-region="work" data-testid="import-page">
      <div className="section-page-body import-page">
        <button type="button" className="link" onClick={back}>
          <Icon name="chevronLeft" size={14} /> {t('customers.imports.back')}
        </button>
        {query.isPending && patience !== 'none' && <Skeleton rows={6} />}
        {query.isError && !query.data && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
        {query.data && <One key={query.data.id} one={query.data} reload={async () => void (await query.refetch())} />}
      </div>
    </div>
  )
}

function One({ one, reload }: { one: CustomerImport; reload: () => Promise<void> }) {
  const { t } = useTranslation()
  const [remapping, setRemapping] = useState(false)
  const at = remapping ? 1 : stepOf(one)
  return (
    <>
      <h1 className="page-title">
        {one.filename}
        <small>
          {[
            bytes(one.bytes),
            one.encoding ? t(`customers.imports.encoding.${one.encoding.toLowerCase().replace(/[^a-z0-9]/g, '')}`, { defaultValue: one.encoding.toUpperCase() }) : '',
            one.delimiter ? t(`customers.imports.delimiter.${delimiterName(one.delimiter)}`) : '',
            one.columns.length > 0 ? t('customers.imports.columns', { count: one.columns.length }) : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </small>
        <span className="page-title-side">
          <ImportChip state={one.state} />
        </span>
      </h1>
      <ol className="steps" aria-label={t('customers.imports.steps')}>
        {steps.map((step, index) => (
          <li key={step} aria-current={index === at ? 'step' : undefined} data-done={index < at || (index === at && one.state === 'done')}>
            <span className="step-mark">{index < at || one.state === 'done' ? <Icon name="check" size={14} /> : index + 1}</span>
            {t(`customers.imports.step.${step}`)}
          </li>
        ))}
      </ol>
      {at === 1 ? (
        <MappingStep
          one={one}
          onDone={async () => {
            await reload()
            setRemapping(false)
          }}
        />
      ) : (
        <RunStep one={one} reload={reload} onRemap={() => setRemapping(true)} />
      )}
    </>
  )
}

function delimiterName(delimiter: string): string {
  return { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'pipe' }[delimiter] ?? 'other'
}
