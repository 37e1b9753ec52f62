import { Button, Input, InputNumber, Select, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { businesses } from '@/features/scripts/reference'
import { api } from '@/shared/api/client'
import type { Offer, OfferFact } from '@/shared/api/knowledge'
import { useAction, useAll } from '@/shared/api/lists'
import { codeWrong } from '@/shared/format/code'
import { Confirm } from '@/shared/ui/Confirm'
import { Field } from '@/shared/ui/Field'
import { ErrorLine } from '@/shared/ui/parts'
import { Sheet } from '@/shared/ui/Sheet'
import { RuleBuilder } from './RuleBuilder'
import { everybody, ruleOf, unfinished } from './rule'
import { TryOffer } from './TryOffer'
import { useOfferTrial, type On } from './trial'

const blank = { code: '', name: '', name_en: '', text: '', text_en: '', priority: 100, active: true, again_days: 30, refused_days: 90, most: null as number | null, business: null as string | null }

/** One offer: what is said, to whom, how often, and how it comes out for one customer. */
export function OfferSheet({ offer, onClose, onMade }: { offer: Offer | null; onClose: () => void; onMade: (id: string) => void }) {
  const { t, i18n } = useTranslation()
  const facts = useAll<OfferFact>('/offers/facts').rows
  const [form, setForm] = useState(() => (offer ? { ...blank, ...pick(offer) } : blank))
  const [rule, setRule] = useState(() => (offer ? ruleOf(offer.rule) : everybody))
  const [tried, setTried] = useState(false)
  const [on, setOn] = useState<On>({ sample: 'gold', customer: '' })
  const trial = useOfferTrial(unfinished(rule) ? null : { rule, text: form.text, text_en: form.text_en, ...on })
  const { busy, problem, run } = useAction('/offers')
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change })
  const wrongCode = offer ? undefined : codeWrong(form.code)
  const missing = (value: string) => (tried && !value.trim() ? 'offers.needed' : undefined)
  const save = async () => {
    setTried(true)
    if (!form.name.trim() || !form.text.trim() || wrongCode || unfinished(rule) || busy) return
    const { code, ...rest } = form
    const body = { ...rest, rule }
    const done = await run(() => (offer ? api.patch<Offer>(`/offers/${offer.id}`, body) : api.post<Offer>('/offers', { code, ...body })))
    if (done.ok && done.value && !offer) onMade(done.value.id)
  }
  const number = (name: 'priority' | 'again_days' | 'refused_days' | 'most', max: number) => (
    <Field id={`offer-${name}`} label={t(`offers.${name}`)} hint={t(`offers.hints.${name}`)}>
      <InputNumber id={`offer-${name}`} value={form[name]} min={name === 'most' ? 1 : 0} max={max} precision={0} placeholder={t('offers.endless')} onChange={(next) => set({ [name]: next ?? (name === 'most' ? null : 0) })} />
    </Field>
  )
  const title = offer ? (i18n.language === 'en' && offer.name_en) || offer.name : t('offers.add')
  return (
    <Sheet
      title={title}
      label={title}
      onClose={onClose}
      testId="offer-sheet"
      foot={
        <div className="dialog-foot">
          {offer && <Confirm title={t('offers.reallyDelete', { name: offer.name })} hint={t('offers.deleteHint')} verb={t('offers.delete')} disabled={busy} testId="offer-delete" onConfirm={() => void run(() => api.delete(`/offers/${offer.id}`)).then(({ ok }) => ok && onClose())} />}
          <span className="foot-end">
            <Button type="primary" loading={busy} data-testid="offer-save" onClick={() => void save()}>
              {t('offers.save')}
            </Button>
          </span>
        </div>
      }
    >
      <div className="form">
        <Field id="offer-name" label={t('admin.common.name')} required error={missing(form.name)}>
          <Input id="offer-name" value={form.name} maxLength={100} onChange={(event) => set({ name: event.target.value })} />
        </Field>
        <Field id="offer-name-en" label={t('admin.common.nameEn')}>
          <Input id="offer-name-en" value={form.name_en} maxLength={100} onChange={(event) => set({ name_en: event.target.value })} />
        </Field>
        {!offer && (
          <Field id="offer-code" label={t('admin.common.code')} required error={tried ? wrongCode : undefined} hint={t('admin.common.codeHint')}>
            <Input id="offer-code" value={form.code} maxLength={50} spellCheck={false} autoComplete="off" onChange={(event) => set({ code: event.target.value.trim() })} />
          </Field>
        )}
        <Field id="offer-active" label={t('offers.active')}>
          <Switch id="offer-active" checked={form.active} onChange={(active) => set({ active })} />
        </Field>
        <Field id="offer-text" label={t('offers.text')} required error={missing(form.text)} hint={t('offers.textHint')}>
          <Input.TextArea id="offer-text" value={form.text} maxLength={1000} autoSize={{ minRows: 2, maxRows: 6 }} onChange={(event) => set({ text: event.target.value })} />
        </Field>
        <Field id="offer-text-en" label={t('offers.textEn')}>
          <Input.TextArea id="offer-text-en" value={form.text_en} maxLength={1000} autoSize={{ minRows: 1, maxRows: 6 }} onChange={(event) => set({ text_en: event.target.value })} />
        </Field>
        <Field label={t('offers.whom')} error={tried && unfinished(rule) ? 'offers.ruleUnfinished' : undefined}>
          <RuleBuilder rule={rule} facts={facts} found={trial?.found ?? null} onChange={setRule} />
        </Field>
        <Field label={t('offers.tryOn')}>
          <TryOffer on={on} trial={trial} onChange={setOn} />
        </Field>
        {number('priority', 9999)}
        {number('again_days', 3650)}
        {number('refused_days', 3650)}
        {number('most', 100)}
        <Field id="offer-business" label={t('offers.business')} hint={t('offers.hints.business')}>
          <Select id="offer-business" value={form.business ?? ''} options={[{ value: '', label: t('offers.noBusiness') }, ...businesses.map((code) => ({ value: code, label: t(`scripts.business.${code}`) }))]} onChange={(code: string) => set({ business: code || null })} />
        </Field>
        {problem !== null && <ErrorLine problem={problem} />}
      </div>
    </Sheet>
  )
}

const pick = ({ code, name, name_en, text, text_en, priority, active, again_days, refused_days, most, business }: Offer) => ({ code, name, name_en, text, text_en, priority, active, again_days, refused_days, most, business })
