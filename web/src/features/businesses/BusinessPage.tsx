import { Button } from 'antd'
import { memo, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { apiOf, type Problem } from '@/shared/api/client'
import type { BusinessKind, BusinessRecord } from '@/shared/api/businesses'
import type { InteractionDocument } from '@/shared/api/types'
import { changed, same } from '@/shared/drafts/model'
import { useDraftOf } from '@/shared/drafts/store'
import { edit } from '@/shared/drafts/sync'
import { useAction } from '@/shared/keys/actions'
import { useLink } from '@/shared/live/store'
import { serverNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { ErrorLine, Keycap } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { BusinessFields } from './BusinessFields'
import { plain, plainValues, wrongOf, wrongsOf, type Wrong, type Wrongs } from './form/check'
import { known, prefilled } from './form/prefill'
import { answersOf, fieldsOf, formOf, isEmpty, nameOf } from './form/schema'
import { closeBusiness, finishBusiness, formName } from './open'
import { SavedNote } from './SavedNote'
import { useAccount } from './useAccount'
import './businesses.css'

interface Props {
  interaction: InteractionDocument
  id: string
  kind: BusinessKind
  /** Whether it is the page on screen. */
  shown: boolean
}

/** One business: its form, prefilled, kept at each key, submitted with one. */
export const BusinessPage = memo(function BusinessPage({ interaction, id, kind, shown }: Props) {
  const { t, i18n } = useTranslation()
  const form = formOf(kind)
  const account = useAccount(interaction)
  const draft = useDraftOf(interaction.id, id)
  // A form nobody has touched makes no draft: it shows what is known now.
  const begun = useMemo(() => prefilled(form, known(interaction, account)), [form, interaction, account])
  const values = draft?.values ?? begun
  const fields = fieldsOf(form, values)
  const [wrongs, setWrongs] = useState<Wrongs>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [sending, setSending] = useState(false)
  const online = useLink().status === 'online'
  const page = useRef<HTMLFormElement>(null)
  const name = nameOf(kind, i18n.language)

  // Opened by the agent's own hand, it is where they want to type; a draft is read first.
  const fresh = draft === null
  useEffect(() => {
    // Not from a menu: whoever opens one business after the other is faster than the form.
    if (shown && fresh && !document.activeElement?.closest('[role=menu]')) page.current?.querySelector<HTMLElement>('input, select, textarea')?.focus()
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- typing must not move the focus
  }, [shown])

  // Another customer: what was prefilled and not touched follows them. What nobody had filled in may have been emptied by
  // hand, so it follows only somebody else than the form began with.
  const prefill = useRef({ begun, customer: interaction.customer?.id })
  useEffect(() => {
    const old = prefill.current.begun
    const another = prefill.current.customer !== interaction.customer?.id
    prefill.current.begun = begun
    if (!draft) return
    const follows = changed(old, begun).filter((field) => same(draft.values[field], old[field]) && (another || field in old))
    if (follows.length === 0) return
    const next: Record<string, unknown> = { ...draft.values }
    for (const field of follows) {
      if (begun[field] === undefined) delete next[field]
      else next[field] = begun[field]
    }
    edit(interaction, id, formName(kind.code), next)
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only what is known anew
  }, [begun])

  const change = (field: string, value: unknown) => {
    const next: Record<string, unknown> = { ...values, [field]: value }
    if (isEmpty(value)) delete next[field]
    edit(interaction, id, formName(kind.code), next)
    if (wrongs[field]) judge(field, next)
  }
  const judge = (field: string, now: Record<string, unknown> | typeof values) => {
    const about = fieldsOf(form, now).find((one) => one.name === field)
    const wrong = about ? wrongOf(about.field, about.required, now[field], serverNow()) : null
    setWrongs((before) => {
      const after: Record<string, Wrong> = { ...before }
      if (wrong) after[field] = wrong
      else delete after[field]
      return after
    })
  }
  const leave = (field: string) => {
    const about = form.properties[field]
    // Tabbing past what is still empty is no mistake; submitting it is.
    if (!about || isEmpty(values[field])) return
    const value = plain(about, values[field])
    const now = { ...values, [field]: value }
    if (value !== values[field]) edit(interaction, id, formName(kind.code), now)
    judge(field, now)
  }
  const show = (found: Wrongs) => {
    setWrongs(found)
    const first = fields.find((one) => found[one.name])
    if (!first) return
    const place = document.getElementById(`${id}-${first.name}`)
    ;(place?.matches('input, select, textarea') ? place : place?.querySelector('input'))?.focus()
  }

  const submit = async () => {
    if (sending || !online) return
    const answers = plainValues(form, values)
    if (answers !== values) edit(interaction, id, formName(kind.code), answers)
    const found = wrongsOf(form, answers, serverNow())
    if (Object.keys(found).length > 0) {
      show(found)
      return
    }
    setSending(true)
    setProblem(null)
    try {
      const body = { draft_id: id, interaction_id: interaction.id, kind: kind.code, values: answersOf(form, answers) }
      const record = await apiOf(interaction).post<BusinessRecord>('/businesses/records', body)
      finishBusiness(interaction, id)
      toast(t('business.submitted', { name, no: record.no }), 'ok')
    } catch (error) {
      setSending(false)
      const { code, document: told } = error as Problem
      const errors = (told as { errors?: Array<{ field: string; rule: string }> } | undefined)?.errors
      if (code === 'wrong_form' && errors) show(Object.fromEntries(errors.map(({ field, rule }) => [field, { rule }])))
      else setProblem(error)
    }
  }
  useAction('submit', () => void submit(), shown && interaction.state !== 'wrapup')

  const wrong = Object.keys(wrongs).length
  return (
    <>
      <div className="page-scroll business" data-testid="business-page" data-draft={id} data-kind={kind.code}>
        <h2 className="page-title">
          <Icon name={kind.icon as IconName} /> {name}
          <small>{interaction.customer ? t('business.for', { name: interaction.customer.name }) : t('business.forNobody')}</small>
        </h2>
        <form
          ref={page}
          className="form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            void submit()
          }}
        >
          <BusinessFields id={id} fields={fields} values={values} wrongs={wrongs} others={draft?.others ?? {}} onChange={change} onLeave={leave} />
          <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
        </form>
        {problem !== null && <ErrorLine problem={problem} />}
      </div>
      <footer className="actions">
        <SavedNote draft={draft} wrong={wrong} />
        <span className="actions-buttons">
          <Button onClick={() => closeBusiness(interaction, { id, kind: kind.code }, name)}>{t('business.close')}</Button>
          <Button
            type={interaction.state === 'wrapup' ? 'default' : 'primary'}
            loading={sending}
            disabled={!online}
            title={online ? undefined : t('phone.linkLost')}
            data-testid="business-submit"
            onClick={() => void submit()}
          >
            {t('business.submit')} {interaction.state !== 'wrapup' && <Keycap>Ctrl Enter</Keycap>}
          </Button>
        </span>
      </footer>
    </>
  )
})
