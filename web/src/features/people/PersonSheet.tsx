import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { ChangedPerson, PersonDetail } from '@/shared/api/admin'
import { api, Problem } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import { useDraft } from '@/shared/prefs/drafts'
import { Icon } from '@/shared/ui/Icon'
import { useMay } from '@/shared/ui/may'
import { Chip, ErrorLine, Skeleton } from '@/shared/ui/parts'
import { Secrets } from '@/shared/ui/Secrets'
import { Sheet } from '@/shared/ui/Sheet'
import { usePatience } from '@/shared/ui/usePatience'
import { AccountActions } from './AccountActions'
import { changesOf, draftOf, wrongIn, type DraftField, type PersonDraft } from './draft'
import { PersonFields } from './PersonFields'
import { QueuesEditor } from './QueuesEditor'
import { useAction as useKeyAction } from '@/shared/keys/actions'
import type { Reference } from './reference'

interface Props {
  id: string
  reference: Reference
  onClose: () => void
}

export function PersonSheet({ id, reference, onClose }: Props) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: [`/people/${id}`],
    queryFn: ({ signal }) => api.get<PersonDetail>(`/people/${id}`, undefined, signal),
  })
  const patience = usePatience(query.isPending)
  if (query.data) return <Known person={query.data} reference={reference} onClose={onClose} onReload={() => void query.refetch()} />
  return (
    <Sheet title="" label={t('admin.people.title')} onClose={onClose}>
      {query.isError && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && patience !== 'none' && <Skeleton rows={8} />}
    </Sheet>
  )
}

function Known({ person, reference, onClose, onReload }: { person: PersonDetail; reference: Reference; onClose: () => void; onReload: () => void }) {
  const { t } = useTranslation()
  const may = useMay()
  const writes = may('people.write')
  const before = draftOf(person)
  // Only what was touched: what others change meanwhile shows through.
  const { value: touched, set, clear } = useDraft<Partial<PersonDraft>>(`person.${person.id}`, {})
  const draft: PersonDraft = { ...before, ...touched }
  const [left, setLeft] = useState<ReadonlySet<DraftField>>(new Set())
  const { busy, problem, setProblem, run } = useAction('/people', '/roles', '/sites', '/groups', '/skills')
  const [saved, setSaved] = useState(false)
  const [phonePassword, setPhonePassword] = useState<string | null>(null)
  const changes = changesOf(before, draft)
  const changed = Object.keys(changes).length > 0
  const wrong = wrongIn(draft, false)
  const shown = Object.fromEntries(Object.entries(wrong).filter(([field]) => left.has(field as DraftField)))
  const stale = problem instanceof Problem && problem.code === 'changed_meanwhile'

  const save = async () => {
    setLeft(new Set(Object.keys(wrong) as DraftField[]))
    if (Object.keys(wrong).length > 0 || !changed || busy) return
    const result = await run(() => api.patch<ChangedPerson>(`/people/${person.id}`, { version: person.version, ...changes }))
    if (!result.ok) return
    clear()
    // Without a role left they no longer belong to this tenant.
    if (!result.value) {
      onClose()
      return
    }
    setSaved(true)
    setPhonePassword(result.value.phone_password ?? null)
  }
  useKeyAction('submit', () => void save(), writes && changed)

  return (
    <Sheet
      title={person.name}
      label={person.name}
      testId="person-sheet"
      onClose={onClose}
      marks={
        <>
          <span className="muted">{[person.username, person.number].filter(Boolean).join(' · ')}</span>
          {person.locked && (
            <Chip tone="red" icon="lock">
              {t('admin.people.locked')}
            </Chip>
          )}
          {!person.active && <Chip icon="minusCircle">{t('admin.people.inactive')}</Chip>}
        </>
      }
      foot={
        writes && (
          <>
            {problem !== null ? (
              <ErrorLine problem={problem}>{stale ? t('admin.common.moved') : undefined}</ErrorLine>
            ) : saved && !changed ? (
              <span className="saved" role="status">
                <Icon name="check" /> {t('admin.common.saved')}
              </span>
            ) : (
              changed && <span className="muted">{t('admin.common.unsaved')}</span>
            )}
            <span className="foot-end">
              {stale && (
                <Button
                  onClick={() => {
                    setProblem(null)
                    onReload()
                  }}
                >
                  {t('admin.common.loadLatest')}
                </Button>
              )}
              {changed && (
                <Button
                  disabled={busy}
                  onClick={() => {
                    clear()
                    setProblem(null)
                  }}
                >
                  {t('admin.common.discard')}
                </Button>
              )}
              <Button type="primary" disabled={!changed} loading={busy} data-testid="person-save" onClick={() => void save()}>
                {t('admin.common.save')}
              </Button>
            </span>
          </>
        )
      }
    >
      <PersonFields
        draft={draft}
        onChange={(next) => {
          set(Object.fromEntries(Object.entries(next).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(before[field as DraftField]))))
          setSaved(false)
        }}
        wrong={shown}
        onLeave={(field) => setLeft(new Set([...left, field]))}
        reference={reference}
        isNew={false}
        disabled={!writes}
      />
      {person.grants_elsewhere > 0 && <p className="field-hint sheet-note">{t('admin.people.elsewhere', { count: person.grants_elsewhere })}</p>}
      {person.number && <QueuesEditor personId={person.id} />}
      {writes && <AccountActions person={person} />}
      {phonePassword && person.number && (
        <Secrets
          title={t('admin.secret.title')}
          secrets={[
            { label: t('admin.secret.phoneUser'), value: person.number },
            { label: t('admin.secret.phone'), value: phonePassword },
          ]}
          note={person.name}
          onDone={() => setPhonePassword(null)}
        />
      )}
    </Sheet>
  )
}
