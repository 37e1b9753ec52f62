import { useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Input, InputNumber, Popconfirm, Radio, Select, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { ActionKey } from '@/shared/keys/ActionKey'
import { useAction } from '@/shared/keys/actions'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { targets } from '../imports/model'
import { nameIn, useFields } from '../reference'
import { cronOf, isCron, scheduleName, sourceKinds, usualTimes, type Source } from './model'

interface Form {
  code: string
  name: string
  kind: Source['kind']
  place: string
  schedule: string
  precedence: number | null
  key: Source['key']
  active: boolean
  header: string
  secret: string
  secretGoes: boolean
  mapping: Array<{ column: string; field: string }>
}

const begin = (source: Source | null): Form => ({
  code: source?.code ?? '',
  name: source?.name ?? '',
  kind: source?.kind ?? 'http_json',
  place: source?.url ?? source?.folder ?? '',
  schedule: source ? (source.schedule ?? '') : cronOf('nightly'),
  precedence: source?.precedence ?? 50,
  key: source?.key ?? 'no',
  active: source?.active ?? true,
  header: source?.auth_header ?? '',
  secret: '',
  secretGoes: false,
  mapping: source ? Object.entries(source.mapping).map(([column, field]) => ({ column, field })) : [{ column: '', field: 'no' }, { column: '', field: 'name' }, { column: '', field: 'phone' }],
})

type Errors = Partial<Record<keyof Form, string>>

function check(form: Form): Errors {
  const errors: Errors = {}
  if (!form.name.trim()) errors.name = 'customers.edit.required'
  if (!/^[a-z][a-z0-9_-]{0,31}$/.test(form.code)) errors.code = 'customers.settings.codeWrong'
  if (!form.place.trim()) errors.place = 'customers.edit.required'
  else if (form.kind === 'http_json' && !/^https?:\/\/\S+$/.test(form.place.trim())) errors.place = 'customers.sources.urlWrong'
  if (form.schedule && !isCron(form.schedule)) errors.schedule = 'customers.sources.cronWrong'
  const fields = form.mapping.filter((one) => one.column.trim()).map((one) => one.field)
  if (!fields.includes(form.key)) errors.mapping = 'customers.sources.keyUnmapped'
  return errors
}

/** A source beside the list: where it is, when it is asked, whom it is believed against. */
export function SourceForm({ source, onClose }: { source: Source | null; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const own = useFields()
  const [form, setForm] = useState<Form>(() => begin(source))
  const [errors, setErrors] = useState<Errors>({})
  const [problem, setProblem] = useState<unknown>(null)
  const [saving, setSaving] = useState(false)
  const change = (part: Partial<Form>) => {
    setForm({ ...form, ...part })
    setErrors((before) => ({ ...before, ...Object.fromEntries(Object.keys(part).map((name) => [name, undefined])) }))
  }
  const finish = async (act: () => Promise<unknown>, text: string) => {
    setSaving(true)
    setProblem(null)
    try {
      await act()
      await queries.invalidateQueries({ queryKey: ['customer-sources'] })
      toast(text, 'ok')
      onClose()
    } catch (error) {
      setProblem(error)
      setSaving(false)
    }
  }
  const submit = () => {
    const found = check(form)
    setErrors(found)
    if (Object.keys(found).length > 0 || saving) return
    const body = {
      name: form.name.trim(),
      [form.kind === 'http_json' ? 'url' : 'folder']: form.place.trim(),
      schedule: form.schedule.trim() || null,
      precedence: form.precedence ?? 50,
      key: form.key,
      active: form.active,
      ...(form.kind === 'http_json' && { auth_header: form.header.trim() || null }),
      // One that is not spoken of stays.
      ...(form.kind === 'http_json' && (form.secret ? { secret: form.secret } : form.secretGoes && { secret: null })),
      mapping: Object.fromEntries(form.mapping.filter((one) => one.column.trim()).map((one) => [one.column.trim(), one.field])),
    }
    void finish(
      () => (source ? api.patch(`/customers/sources/${source.id}`, body) : api.post('/customers/sources', { code: form.code, kind: form.kind, ...body })),
      t('customers.edit.saved'),
    )
  }
  useAction('submit', submit)
  const options = [
    ...targets.map((value) => ({ value: value as string, label: t(`customers.imports.target.${value.replace('.', '_')}`) })),
    ...(own.data ?? []).map((field) => ({ value: `custom.${field.code}`, label: nameIn(field, i18n.language) })),
  ]
  const usual = scheduleName(form.schedule)
  return (
    <aside className="side" aria-label={t(source ? 'customers.sources.editTitle' : 'customers.sources.new')} data-testid="source-form">
      <header className="side-head">
        <h2>{source ? source.name : t('customers.sources.new')}</h2>
      </header>
      <form
        className="side-scroll form"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Field id="source-name" label={t('customers.sources.column.name')} required error={errors.name}>
          <Input id="source-name" autoFocus value={form.name} maxLength={100} onChange={(event) => change({ name: event.target.value })} />
        </Field>
        <Field id="source-code" label={t('customers.settings.code')} required error={errors.code}>
          <Input id="source-code" value={form.code} disabled={source !== null} maxLength={32} onChange={(event) => change({ code: event.target.value })} />
        </Field>
        <Field label={t('customers.sources.column.kind')}>
          <Radio.Group
            value={form.kind}
            disabled={source !== null}
            onChange={(event) => change({ kind: event.target.value as Form['kind'], place: '' })}
            options={sourceKinds.map((value) => ({ value, label: t(`customers.sources.kind.${value}`) }))}
          />
        </Field>
        <Field id="source-place" label={t(`customers.sources.place.${form.kind}`)} required error={errors.place}>
          <Input id="source-place" value={form.place} maxLength={500} onChange={(event) => change({ place: event.target.value })} />
        </Field>
        {form.kind === 'http_json' && (
          <>
            <Field id="source-header" label={t('customers.sources.header')}>
              <Input id="source-header" value={form.header} maxLength={100} placeholder="Authorization" onChange={(event) => change({ header: event.target.value })} />
            </Field>
            <Field id="source-secret" label={t('customers.sources.secret')} hint={t('customers.sources.secretHint')}>
              <Input.Password
                id="source-secret"
                value={form.secret}
                maxLength={4000}
                autoComplete="new-password"
                visibilityToggle={false}
                disabled={form.secretGoes}
                placeholder={source?.has_secret ? t('customers.sources.secretKept') : ''}
                onChange={(event) => change({ secret: event.target.value })}
              />
              {source?.has_secret && (
                <Checkbox checked={form.secretGoes} onChange={(event) => change({ secretGoes: event.target.checked, secret: '' })}>
                  {t('customers.sources.secretGoes')}
                </Checkbox>
              )}
            </Field>
          </>
        )}
        <Field id="source-schedule" label={t('customers.sources.column.schedule')} error={errors.schedule} hint={t('customers.sources.cronHint')}>
          <Select
            value={form.schedule === '' ? '' : (usual ?? 'own')}
            aria-label={t('customers.sources.column.schedule')}
            onChange={(value: string) => change({ schedule: value === '' ? '' : value === 'own' ? '30 2 * * *' : cronOf(value as (typeof usualTimes)[number]) })}
            options={[
              ...usualTimes.map((value) => ({ value, label: t(`customers.sources.schedule.${value}`) })),
              { value: 'own', label: t('customers.sources.schedule.own') },
              { value: '', label: t('customers.sources.byHand') },
            ]}
          />
          {form.schedule !== '' && usual === null && (
            <Input id="source-schedule" className="own-cron" value={form.schedule} onChange={(event) => change({ schedule: event.target.value })} />
          )}
        </Field>
        <Field id="source-precedence" label={t('customers.sources.column.precedence')} hint={t('customers.sources.precedenceHint')}>
          <InputNumber id="source-precedence" min={1} max={1000} precision={0} value={form.precedence} onChange={(precedence) => change({ precedence })} />
        </Field>
        <Field id="source-key" label={t('customers.imports.key')}>
          <Select
            id="source-key"
            value={form.key}
            onChange={(key: Source['key']) => change({ key })}
            options={(['no', 'account', 'phone', 'id_number'] as const).map((value) => ({ value, label: t(`customers.imports.keys.${value}`) }))}
          />
        </Field>
        <Field label={t('customers.imports.mapping')} error={errors.mapping}>
          <div className="map-lines">
            {form.mapping.map((one, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- lines are told apart by their place alone
              <div key={index} className="map-line">
                <Input
                  value={one.column}
                  placeholder={t('customers.sources.theirField')}
                  aria-label={t('customers.sources.theirField')}
                  onChange={(event) => change({ mapping: form.mapping.with(index, { ...one, column: event.target.value }) })}
                />
                <Icon name="arrowRight" size={14} className="muted" />
                <Select
                  value={one.field}
                  showSearch={{ optionFilterProp: 'label' }}
                  aria-label={t('customers.imports.becomes')}
                  onChange={(field: string) => change({ mapping: form.mapping.with(index, { ...one, field }) })}
                  options={options}
                />
                <button type="button" className="row-act" aria-label={t('customers.remove', { what: one.column })} onClick={() => change({ mapping: form.mapping.toSpliced(index, 1) })}>
                  <Icon name="close" size={14} />
                </button>
              </div>
            ))}
            <button type="button" className="link" onClick={() => change({ mapping: [...form.mapping, { column: '', field: 'email' }] })}>
              <Icon name="plus" size={14} /> {t('customers.add')}
            </button>
          </div>
        </Field>
        <Field label={t('customers.sources.column.state')}>
          <Switch checked={form.active} onChange={(active) => change({ active })} aria-label={t('customers.sources.active')} />
        </Field>
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
        {problem !== null && <ErrorLine problem={problem} />}
      </form>
      <footer className="side-acts">
        {source && (
          <Popconfirm
            title={t('customers.sources.removeAsk', { name: source.name })}
            okText={t('customers.addresses.removeVerb')}
            cancelText={t('customers.cancel')}
            okButtonProps={{ danger: true }}
            onConfirm={() => void finish(() => api.delete(`/customers/sources/${source.id}`), t('customers.sources.removed', { name: source.name }))}
          >
            <Button danger className="side-first">
              {t('customers.sources.remove')}
            </Button>
          </Popconfirm>
        )}
        <Button onClick={onClose}>{t('customers.cancel')}</Button>
        <Button type="primary" loading={saving} onClick={submit} data-testid="source-save">
          {t('customers.save')} <ActionKey id="submit" />
        </Button>
      </footer>
    </aside>
  )
}
