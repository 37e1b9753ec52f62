import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { MadePerson } from '@/shared/api/admin'
import { api, Problem } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import { useDraft } from '@/shared/prefs/drafts'
import { ErrorLine } from '@/shared/ui/parts'
import { Secrets, type Secret } from '@/shared/ui/Secrets'
import { Sheet } from '@/shared/ui/Sheet'
import { bodyOfNew, emptyDraft, wrongIn, type DraftField } from './draft'
import { PersonFields } from './PersonFields'
import { useAction as useKeyAction } from '@/shared/keys/actions'
import type { Reference } from './reference'

/** Fields that a refusal of the centre is about. */
const about: Record<string, DraftField> = { username_taken: 'username', number_taken: 'number' }

export function NewPerson({ reference, onClose, onMade }: { reference: Reference; onClose: () => void; onMade: (id: string) => void }) {
  const { t } = useTranslation()
  const { value: draft, set, clear } = useDraft('person.new', emptyDraft)
  const [left, setLeft] = useState<ReadonlySet<DraftField>>(new Set())
  const { busy, problem, setProblem, run } = useAction('/people', '/roles', '/sites', '/groups', '/skills')
  const [made, setMade] = useState<MadePerson | null>(null)
  const wrong = wrongIn(draft, true)
  const refused = problem instanceof Problem ? about[problem.code] : undefined
  const shown: Partial<Record<DraftField, string>> = Object.fromEntries(Object.entries(wrong).filter(([field]) => left.has(field as DraftField)))
  if (refused && problem instanceof Problem) shown[refused] = `problem.${problem.code}`

  const save = async () => {
    setLeft(new Set(Object.keys(wrong) as DraftField[]))
    if (busy) return
    const [first] = Object.keys(wrong)
    if (first) {
      document.querySelector<HTMLElement>(`#person-${first}`)?.focus()
      return
    }
    const result = await run(() => api.post<MadePerson>('/people', bodyOfNew(draft)))
    if (result.ok) {
      clear()
      setMade(result.value)
    }
  }
  useKeyAction('submit', () => void save(), made === null)

  const secrets: Secret[] = made
    ? [
        { label: t('admin.secret.username'), value: made.username },
        { label: t('admin.secret.initial'), value: made.initial_password },
        ...(made.phone_password ? [{ label: t('admin.secret.phone'), value: made.phone_password }] : []),
      ]
    : []

  return (
    <Sheet
      title={t('admin.people.add')}
      label={t('admin.people.add')}
      testId="person-sheet"
      onClose={onClose}
      foot={
        <>
          {problem !== null && !refused && <ErrorLine problem={problem} />}
          <span className="foot-end">
            <Button onClick={onClose}>{t('admin.common.cancel')}</Button>
            <Button type="primary" loading={busy} data-testid="person-save" onClick={() => void save()}>
              {t('admin.people.add')}
            </Button>
          </span>
        </>
      }
    >
      <PersonFields
        draft={draft}
        onChange={(next) => {
          set(next)
          if (problem !== null) setProblem(null)
        }}
        wrong={shown}
        onLeave={(field) => draft[field] && setLeft(new Set([...left, field]))}
        reference={reference}
        isNew
        disabled={false}
      />
      {made && <Secrets title={t('admin.people.created', { name: made.name })} secrets={secrets} onDone={() => onMade(made.id)} />}
    </Sheet>
  )
}
