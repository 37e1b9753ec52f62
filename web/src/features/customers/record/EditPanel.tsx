import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, Problem } from '@/shared/api/client'
import { ActionKey } from '@/shared/keys/ActionKey'
import { useAction } from '@/shared/keys/actions'
import { useDraft } from '@/shared/prefs/drafts'
import { serverNow } from '@/shared/time/clock'
import { clock } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { useFields } from '../reference'
import type { Change, CustomerRecord } from '../types'
import { changedFields, check, custom, flatten, meet, patchOf, type Collision, type Flat, type Value } from './changes'
import { ConflictBox } from './ConflictBox'
import { EditFields } from './EditFields'
import { fetchHistory, fetchRecord, recordKey, useChanged } from './useRecord'

/** What is being written, and on which state of the customer it was begun. */
interface Writing {
  version: number
  /** When that state was last changed: later changes are another's. */
  at: string
  base: Flat
  form: Flat
}

interface Meeting {
  collisions: Collision[]
  taken: string[]
  history: Change[]
  since: string
}

const begin = (record: CustomerRecord): Writing => {
  const base = flatten(record)
  return { version: record.version, at: record.updated_at, base, form: base }
}

/** The facts of a customer beside the page they are read from; what is typed survives a reload. */
export function EditPanel({ record, onClose }: { record: CustomerRecord; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const changed = useChanged(record.id)
  const fields = useFields()
  const draft = useDraft<Writing>(`customer-edit.${record.id}`, begin(record))
  const { version, at, base, form } = draft.value
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [saving, setSaving] = useState(false)
  const [meeting, setMeeting] = useState<Meeting | null>(null)
  const mine = changedFields(base, form)

  const checked = () => check(form, (fields.data ?? []).filter((one) => one.required).map((one) => one.code), new Date(serverNow()).getFullYear())
  const change = (field: string, value: Value) => {
    draft.set({ ...draft.value, form: { ...form, [field]: value } })
    if (errors[field]) setErrors((before) => ({ ...before, [field]: '' }))
  }
  const close = () => {
    draft.clear()
    onClose()
  }

  /** Somebody was quicker: put both together, and ask only about what both have touched. */
  const reconcile = async () => {
    const [fresh, history] = await Promise.all([fetchRecord(record.id), fetchHistory(record.id)])
    queries.setQueryData(recordKey(record.id), fresh)
    const theirs = flatten(fresh)
    const { form: together, collisions, taken } = meet(base, form, theirs)
    draft.set({ version: fresh.version, at: fresh.updated_at, base: theirs, form: together })
    setMeeting({ collisions, taken, history: history.items, since: at })
  }

  const submit = async () => {
    if (saving) return
    const found = checked()
    setErrors(found)
    const wrong = Object.keys(found).find((field) => found[field])
    if (wrong) {
      document.getElementById(`edit-${wrong.replace(custom, 'custom-')}`)?.focus()
      return
    }
    if (mine.length === 0) {
      close()
      return
    }
    setSaving(true)
    setProblem(null)
    try {
      await api.patch(`/customers/${record.id}`, { version, ...patchOf(base, form) })
      draft.clear()
      await changed()
      toast(t('customers.edit.saved'), 'ok')
      onClose()
    } catch (error) {
      if (error instanceof Problem && error.code === 'changed_meanwhile') await reconcile().catch(setProblem)
      else setProblem(error)
    } finally {
      setSaving(false)
    }
  }
  useAction('submit', () => void submit())

  return (
    <aside className="side" aria-label={t('customers.edit.title')} data-testid="edit-panel" data-region="edit">
      <header className="side-head">
        <h2>{t('customers.edit.title')}</h2>
        <span className="muted side-note">
          {draft.savedAt !== null && (
            <>
              <Icon name="check" size={14} className="text-ok" /> {t('customers.edit.draft', { time: clock(draft.savedAt) })}
            </>
          )}
        </span>
      </header>
      <form
        className="side-scroll form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        {meeting && (
          <ConflictBox
            {...meeting}
            form={form}
            known={[record.manager]}
            onTake={(field, value) => change(field, value ?? null)}
          />
        )}
        <EditFields
          form={form}
          errors={errors}
          record={record}
          fields={fields.data ?? []}
          changed={mine}
          onChange={change}
          onLeave={(field) => setErrors((before) => ({ ...before, [field]: checked()[field] ?? '' }))}
        />
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
        {problem !== null && <ErrorLine problem={problem} />}
      </form>
      <footer className="side-acts">
        <Button onClick={close}>{t(mine.length > 0 ? 'customers.edit.discard' : 'customers.cancel')}</Button>
        <Button type="primary" loading={saving} data-testid="edit-save" onClick={() => void submit()}>
          {t(meeting && meeting.collisions.length > 0 ? 'customers.edit.saveAll' : 'customers.save')} <ActionKey id="submit" />
        </Button>
      </footer>
    </aside>
  )
}
