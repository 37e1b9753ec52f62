import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Input, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { CustomerCard, Page } from '@/shared/api/types'
import { phone } from '@/shared/format/phone'
import { ActionKey } from '@/shared/keys/ActionKey'
import { useAction } from '@/shared/keys/actions'
import { useDraft } from '@/shared/prefs/drafts'
import { clock } from '@/shared/time/format'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Section } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { restartLists } from '../list/useCustomers'
import { nameIn, useClasses } from '../reference'
import { useEscape } from '../useEscape'
import { bodyOf, check, numbers, type Errors, type Form } from './newCustomer'
import { NewCustomerFields } from './NewCustomerFields'

const fresh: Form = { name: '', phones: '', gender: '', address: '', kind: 'person', class: 'normal', emails: '' }

/** Somebody new, without a call; those with the same number are shown before anything is made twice. */
export function NewCustomerPage() {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const classes = useClasses()
  const draft = useDraft<Form>('customer-new', fresh)
  const form = draft.value
  const [errors, setErrors] = useState<Errors>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [saving, setSaving] = useState(false)
  const back = () => void navigate({ to: '/customers', search: (before) => before })
  useEscape(back)
  const first = numbers(form.phones)[0] ?? ''
  const known = useQuery({
    queryKey: ['customers', 'phone', first],
    queryFn: ({ signal }) => api.get<Page<CustomerCard>>('/customers', { phone: first }, signal),
    enabled: first.length >= 10,
    staleTime: 30_000,
  })
  const same = first.length >= 10 ? (known.data?.items ?? []) : []

  const change = (part: Partial<Form>) => {
    draft.set({ ...form, ...part })
    setErrors((before) => ({ ...before, ...Object.fromEntries(Object.keys(part).map((name) => [name, undefined])) }))
  }
  const submit = async () => {
    if (saving) return
    const found = check(form)
    setErrors(found)
    const wrong = Object.keys(found)[0]
    if (wrong) {
      document.getElementById(`create-${wrong}`)?.focus()
      return
    }
    setSaving(true)
    setProblem(null)
    try {
      const card = await api.post<CustomerCard>('/customers', bodyOf(form))
      draft.clear()
      toast(t('customers.create.saved', { name: card.name }), 'ok')
      void restartLists(queries)
      await navigate({ to: '/customers/$id', params: { id: card.id }, search: (before) => before, replace: true })
    } catch (error) {
      setProblem(error)
    } finally {
      setSaving(false)
    }
  }
  useAction('submit', () => void submit())

  return (
    <div className="record-page" data-region="work" data-testid="new-customer-page">
      <div className="page-scroll">
        <button type="button" className="link" onClick={back}>
          <Icon name="chevronLeft" size={14} /> {t('detail.back')}
        </button>
        <h1 className="page-title">
          {t('customers.create.title')}
          <small>{t('customers.create.hint')}</small>
        </h1>
        <form
          className="form"
          onSubmit={(event) => {
            event.preventDefault()
            void submit()
          }}
        >
          <Field label={t('customers.create.kind')}>
            <Radio.Group
              value={form.kind}
              onChange={(event) => change({ kind: event.target.value as Form['kind'] })}
              options={(['person', 'company'] as const).map((value) => ({ value, label: t(`customers.kind.${value}`) }))}
            />
          </Field>
          <NewCustomerFields form={form} errors={errors} onChange={change} onErrors={setErrors} />
          <Field id="create-emails" label={t('customers.create.emails')} error={errors.emails}>
            <Input
              id="create-emails"
              type="text"
              inputMode="email"
              value={form.emails}
              status={errors.emails ? 'error' : undefined}
              onChange={(event) => change({ emails: event.target.value })}
              onBlur={() => setErrors({ ...errors, emails: check(form).emails })}
            />
          </Field>
          <Field id="create-class" label={t('customers.field.class')}>
            <Select
              id="create-class"
              value={form.class}
              onChange={(value: string) => change({ class: value })}
              options={classes.data?.map((one) => ({ value: one.code, label: nameIn(one, i18n.language) })) ?? []}
            />
          </Field>
          <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
        </form>
        {same.length > 0 && (
          <div className="form">
            <Section icon="people" title={t('customers.create.maybe')} count={same.length}>
              {same.map((card) => (
                <div key={card.id} className="row">
                  <span className="row-lead">
                    <b>{card.name}</b>
                    <span>{card.phones.map(phone).join(t('customers.comma'))}</span>
                    <span className="muted">{card.no}</span>
                  </span>
                  <Link className="link" to="/customers/$id" params={{ id: card.id }}>
                    {t('customers.create.open')}
                  </Link>
                </div>
              ))}
            </Section>
          </div>
        )}
        {problem !== null && <ErrorLine problem={problem} />}
      </div>
      <footer className="actions">
        <span className="actions-note">
          {draft.savedAt !== null && (
            <>
              <Icon name="check" className="text-ok" /> {t('draft.saved', { time: clock(draft.savedAt) })}
            </>
          )}
        </span>
        <Button type="primary" loading={saving} data-testid="create-submit" onClick={() => void submit()}>
          {t('create.submit')} <ActionKey id="submit" />
        </Button>
      </footer>
    </div>
  )
}
