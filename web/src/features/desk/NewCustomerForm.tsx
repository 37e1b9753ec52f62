import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { bodyOf, check, type Errors, type Form } from '@/features/customers/create/newCustomer'
import { NewCustomerFields } from '@/features/customers/create/NewCustomerFields'
import { apiOf } from '@/shared/api/client'
import type { CustomerCard, InteractionDocument } from '@/shared/api/types'
import { customerNumber, phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import { ActionKey } from '@/shared/keys/ActionKey'
import { useAction } from '@/shared/keys/actions'
import { useLink } from '@/shared/live/store'
import { useDraft } from '@/shared/prefs/drafts'
import { clock } from '@/shared/time/format'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { Similar } from './identify/Similar'
import { placeText, useNumberPlace } from './identify/useCaller'
import { openTab } from './selection'
import { useChoose } from './useChoose'
import { WhyBox } from './WhyBox'

/** Somebody new: the number is filled in already, and the words survive whatever happens to the call. */
export function NewCustomerForm({ interaction }: { interaction: InteractionDocument }) {
  const { t, i18n } = useTranslation()
  const place = placeText(useNumberPlace(interaction), i18n.language, (kind) => codeText(t, 'strip.kind', kind))
  const draft = useDraft<Form>(`customer.${interaction.id}`, { name: '', phones: phone(customerNumber(interaction)), gender: '', address: '' })
  const form = draft.value
  const [errors, setErrors] = useState<Errors>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [made, setMade] = useState<CustomerCard | null>(null)
  const [saving, setSaving] = useState(false)
  const online = useLink().status === 'online'
  const chooser = useChoose(interaction)

  const change = (part: Partial<Form>) => draft.set({ ...form, ...part })

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
        card = await apiOf(interaction).post<CustomerCard>('/customers', bodyOf(form))
        setMade(card)
      }
      if (await chooser.choose(card.id)) draft.clear()
    } catch (error) {
      setProblem(error)
    } finally {
      setSaving(false)
    }
  }
  useAction('submit', () => void submit(), interaction.state !== 'wrapup')

  return (
    <>
      <div className="page-scroll">
        <WhyBox interaction={interaction} />
        <h2 className="page-title">
          {t('create.title')}
          <small>
            {interaction.match === 'several' ? t('create.hintSeveral') : place ? t('createDesk.place', { place }) : t('create.hint')}
          </small>
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
          <NewCustomerFields form={form} errors={errors} onChange={change} onErrors={setErrors} />
          <Similar interaction={interaction} name={form.name} phones={form.phones} onChoose={(id) => void chooser.choose(id)} />
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
          {t('create.submit')} {interaction.state !== 'wrapup' && <ActionKey id="submit" />}
        </Button>
      </footer>
    </>
  )
}
