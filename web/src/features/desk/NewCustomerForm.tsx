import { Button, Input, Radio } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import type { CustomerCard, InteractionDocument, NewCustomer } from '@/shared/api/types'
import { dialable, phone } from '@/shared/format/phone'
import { useHotkey } from '@/shared/keys/keys'
import { useLink } from '@/shared/live/store'
import { useDraft } from '@/shared/prefs/drafts'
import { clock } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine, Keycap } from '@/shared/ui/parts'
import { openTab } from './selection'
import { useChoose } from './useChoose'
import { WhyBox } from './WhyBox'

interface Form {
  name: string
  phones: string
  gender: '' | 'female' | 'male'
  address: string
}

type Errors = Partial<Record<keyof Form, string>>

const numbers = (text: string): string[] => text.split(/[、,，;；\n]/).map(dialable).filter(Boolean)

export function check(form: Form): Errors {
  const errors: Errors = {}
  if (!form.name.trim()) errors.name = 'create.nameMissing'
  const given = numbers(form.phones)
  if (given.length === 0) errors.phones = 'create.phoneMissing'
  else if (given.some((one) => one.replace('+', '').length < 7)) errors.phones = 'create.phoneShort'
  return errors
}

/** Somebody new: the number is filled in already, and the words survive whatever happens to the call. */
export function NewCustomerForm({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const draft = useDraft<Form>(`customer.${interaction.id}`, { name: '', phones: phone(interaction.ani), gender: '', address: '' })
  const form = draft.value
  const [errors, setErrors] = useState<Errors>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [made, setMade] = useState<CustomerCard | null>(null)
  const [saving, setSaving] = useState(false)
  const online = useLink().status === 'online'
  const chooser = useChoose(interaction.id)

  const change = (part: Partial<Form>) => draft.set({ ...form, ...part })
  const leave = (field: keyof Form) => setErrors((before) => ({ ...before, [field]: check(form)[field] }))

  const submit = async () => {
    if (saving || !online) return
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
      // Once made, a second press must not make the same person twice.
      let card = made
      if (!card) {
        const body: NewCustomer = { name: form.name.trim(), phones: numbers(form.phones) }
        if (form.gender) body.gender = form.gender
        if (form.address.trim()) body.address = form.address.trim()
        card = await api.post<CustomerCard>('/customers', body)
        setMade(card)
      }
      if (await chooser.choose(card.id)) draft.clear()
    } catch (error) {
      setProblem(error)
    } finally {
      setSaving(false)
    }
  }
  useHotkey('Ctrl+Enter', () => void submit(), interaction.state !== 'wrapup')

  return (
    <>
      <div className="page-scroll">
        <WhyBox interaction={interaction} />
        <h2 className="page-title">
          {t('create.title')}
          <small>{t(interaction.match === 'several' ? 'create.hintSeveral' : 'create.hint')}</small>
          <button type="button" className="link page-title-side" onClick={() => openTab(interaction.id, 'identify')}>
            {t('create.known')}
          </button>
        </h2>
        <form
          className="form"
          data-testid="new-customer"
          onSubmit={(event) => {
            event.preventDefault()
            void submit()
          }}
        >
          <Field id="create-name" label={t('create.name')} required error={errors.name}>
            <Input
              id="create-name"
              value={form.name}
              maxLength={100}
              status={errors.name ? 'error' : undefined}
              data-first-action=""
              onChange={(event) => change({ name: event.target.value })}
              onBlur={() => form.name && leave('name')}
            />
          </Field>
          <Field id="create-phones" label={t('create.phones')} required error={errors.phones}>
            <Input
              id="create-phones"
              value={form.phones}
              inputMode="tel"
              status={errors.phones ? 'error' : undefined}
              onChange={(event) => change({ phones: event.target.value })}
              onBlur={() => leave('phones')}
            />
          </Field>
          <Field label={t('create.gender')}>
            <Radio.Group
              value={form.gender}
              onChange={(event) => change({ gender: event.target.value as Form['gender'] })}
              options={[
                { value: 'female', label: t('gender.female') },
                { value: 'male', label: t('gender.male') },
                { value: '', label: t('gender.unknown') },
              ]}
            />
          </Field>
          <Field id="create-address" label={t('create.address')}>
            <Input id="create-address" value={form.address} maxLength={500} onChange={(event) => change({ address: event.target.value })} />
          </Field>
          <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
        </form>
        {problem !== null && <ErrorLine problem={problem} />}
        {chooser.problem !== null && <ErrorLine problem={chooser.problem} />}
      </div>
      <footer className="actions">
        <span className="actions-note">
          {draft.savedAt !== null && (
            <>
              <Icon name="check" className="text-ok" /> {t('draft.saved', { time: clock(draft.savedAt) })}
            </>
          )}
        </span>
        <Button type={interaction.state === 'wrapup' ? 'default' : 'primary'} loading={saving} disabled={!online} title={online ? undefined : t('phone.linkLost')} onClick={() => void submit()}>
          {t('create.submit')} {interaction.state !== 'wrapup' && <Keycap>Ctrl Enter</Keycap>}
        </Button>
      </footer>
    </>
  )
}

interface FieldProps {
  id?: string
  label: string
  required?: boolean
  error?: string
  children: ReactNode
}

function Field({ id, label, required, error, children }: FieldProps) {
  const { t } = useTranslation()
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {required && ' *'}
      </label>
      <div className="field-body">
        {children}
        {error && <ErrorLine>{t(error)}</ErrorLine>}
      </div>
    </div>
  )
}
