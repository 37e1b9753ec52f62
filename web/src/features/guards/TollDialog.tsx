import { Button, Checkbox, Input, InputNumber, Modal, Segmented, Select, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import type { TollRule, Trunk } from '@/shared/api/telephony'
import { Confirm } from '@/shared/ui/Confirm'
import { Field } from '@/shared/ui/Field'
import { ErrorLine } from '@/shared/ui/parts'
import { bodyOfRule, classes, emptyRule, limits, wrongInRule, type Limit, type TollDraft } from './rules'

const days = [1, 2, 3, 4, 5, 6, 7]

/** One rule: which calls it is about, and what becomes of them. */
export function TollDialog({ rule, trunks, onClose }: { rule: TollRule | null; trunks: readonly Trunk[]; onClose: () => void }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<TollDraft>(() => ({ ...emptyRule, ...rule }))
  const [tried, setTried] = useState(false)
  const { busy, problem, run } = useAction('/sip/toll-rules')
  const wrong = wrongInRule(draft)
  const shown = tried ? wrong : {}
  const put = (part: Partial<TollDraft>) => setDraft({ ...draft, ...part })
  const done = async (request: () => Promise<unknown>) => {
    const { ok } = await run(request)
    if (ok) onClose()
  }
  const save = () => {
    setTried(true)
    if (Object.keys(wrong).length > 0 || busy) return
    const body = bodyOfRule(Object.fromEntries(Object.keys(emptyRule).map((name) => [name, draft[name as keyof TollDraft]])) as unknown as TollDraft)
    void done(() => (rule ? api.patch(`/sip/toll-rules/${rule.id}`, { version: rule.version, ...body }) : api.post('/sip/toll-rules', body)))
  }
  const tags = (field: 'seats' | 'countries' | 'prefixes', error?: string, hint?: string) => (
    <Field id={`toll-${field}`} label={t(`tel.guards.field.${field}`)} error={error} hint={hint}>
      <Select
        id={`toll-${field}`}
        mode="tags"
        open={false}
        suffixIcon={null}
        value={draft[field]}
        tokenSeparators={[',', ' ', '，', ';']}
        status={error ? 'error' : undefined}
        aria-label={t(`tel.guards.field.${field}`)}
        data-testid={`toll-${field}`}
        onChange={(all: string[]) => put({ [field]: all.map((one) => (field === 'countries' ? one.trim().toUpperCase() : field === 'prefixes' ? one.trim().replace(/^\+/, '') : one.trim())).filter(Boolean) })}
      />
    </Field>
  )
  const limit = (name: Limit) => {
    const money = name === 'max_spend_day_micro'
    const value = draft[name]
    return (
      <InputNumber
        key={name}
        min={0}
        precision={money ? 2 : 0}
        value={value === null ? null : money ? value / 1_000_000 : value}
        prefix={money ? '¥' : undefined}
        suffix={t(`tel.guards.unit.${name}`)}
        placeholder={t('tel.trunks.unlimited')}
        aria-label={t(`tel.guards.unit.${name}`)}
        onChange={(next) => put({ [name]: next === null ? null : money ? Math.round(Number(next) * 1_000_000) : Number(next) })}
      />
    )
  }
  return (
    <Modal
      open
      title={rule ? rule.name : t('tel.guards.addToll')}
      width={600}
      centered
      styles={{ body: { maxHeight: 'calc(100vh - 190px)', overflowY: 'auto' } }}
      onCancel={onClose}
      footer={
        <div className="dialog-foot">
          {rule && <Confirm title={t('admin.common.reallyRemove', { name: rule.name })} hint={t('tel.guards.removeHint')} verb={t('admin.common.remove')} disabled={busy} testId="toll-remove" onConfirm={() => void done(() => api.delete(`/sip/toll-rules/${rule.id}`))} />}
          <span className="foot-end">
            <Button onClick={onClose}>{t('admin.common.cancel')}</Button>
            <Button type="primary" loading={busy} data-testid="toll-save" onClick={save}>
              {t('admin.common.save')}
            </Button>
          </span>
        </div>
      }
    >
      <form
        className="form tel-form"
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <Field id="toll-name" label={t('admin.common.name')} required error={shown.name}>
          <Input id="toll-name" autoFocus value={draft.name} maxLength={100} status={shown.name ? 'error' : undefined} data-testid="toll-name" onChange={({ target }) => put({ name: target.value })} />
        </Field>
        <Field label={t('tel.guards.action')} hint={t(`tel.guards.tollActionHint.${draft.action}`)}>
          <Segmented value={draft.action} aria-label={t('tel.guards.action')} options={(['deny', 'limit', 'allow'] as const).map((value) => ({ value, label: t(`tel.guards.toll.${value}`) }))} onChange={(action) => put({ action })} />
        </Field>
        <Field id="toll-position" label={t('tel.guards.position')} hint={t('tel.guards.positionHint')}>
          <InputNumber id="toll-position" min={1} max={10_000} precision={0} value={draft.position} onChange={(position) => put({ position: Number(position ?? 100) })} />
        </Field>
        <Field id="toll-classes" label={t('tel.guards.field.classes')} hint={t('tel.guards.emptyIsAll')}>
          <Select
            id="toll-classes"
            mode="multiple"
            value={draft.classes}
            showSearch={{ optionFilterProp: 'label' }}
            aria-label={t('tel.guards.field.classes')}
            data-testid="toll-classes"
            options={classes.map((value) => ({ value: value as string, label: t(`tel.guards.class.${value}`) }))}
            onChange={(all: string[]) => put({ classes: all as TollDraft['classes'] })}
          />
        </Field>
        {tags('countries', shown.countries, t('tel.guards.countriesHint'))}
        {tags('prefixes', shown.prefixes, t('tel.guards.prefixesHint'))}
        {tags('seats')}
        {trunks.length > 0 && (
          <Field id="toll-trunks" label={t('tel.guards.field.trunks')}>
            <Select id="toll-trunks" mode="multiple" value={draft.trunks} aria-label={t('tel.guards.field.trunks')} options={trunks.map(({ id, name }) => ({ value: id, label: name }))} onChange={(all: string[]) => put({ trunks: all })} />
          </Field>
        )}
        <Field label={t('tel.guards.field.when')} error={shown.hours} hint={t('tel.guards.whenHint')}>
          <div className="route-hours">
            <Checkbox.Group value={draft.weekdays} options={days.map((day) => ({ value: day, label: t(`tel.routes.day.${day}`) }))} onChange={(chosen) => put({ weekdays: chosen.map(Number).toSorted((a, b) => a - b) })} />
            <span>
              <Input size="small" value={draft.from_time?.slice(0, 5) ?? ''} maxLength={5} placeholder="22:00" aria-label={t('tel.routes.opens')} onChange={({ target }) => put({ from_time: target.value || null })} /> –{' '}
              <Input size="small" value={draft.to_time?.slice(0, 5) ?? ''} maxLength={5} placeholder="07:00" aria-label={t('tel.routes.closes')} onChange={({ target }) => put({ to_time: target.value || null })} />
            </span>
          </div>
        </Field>
        {draft.action === 'limit' && (
          <Field label={t('tel.guards.field.limits')} error={shown.limits}>
            <Segmented size="small" value={draft.counted} aria-label={t('tel.guards.field.limits')} options={(['seat', 'trunk', 'all'] as const).map((value) => ({ value, label: t(`tel.guards.counted.${value}`) }))} onChange={(counted) => put({ counted })} />
            <div className="toll-limits">{limits.map(limit)}</div>
            {rule && rule.used_today.length > 0 && (
              <p className="field-hint">
                {t('tel.guards.usedToday')}{' '}
                {rule.used_today
                  .slice(0, 5)
                  .map(({ subject, calls, seconds, spend_micro }) => t('tel.guards.used', { who: subject || t('tel.guards.counted.all'), count: calls, minutes: Math.round(seconds / 60), money: (spend_micro / 1_000_000).toFixed(2) }))
                  .join(t('admin.common.and'))}
              </p>
            )}
          </Field>
        )}
        <Field label={t('tel.routes.active')}>
          <Switch checked={draft.active} aria-label={t('tel.routes.active')} onChange={(active) => put({ active })} />
        </Field>
        {problem !== null && <ErrorLine problem={problem} />}
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
