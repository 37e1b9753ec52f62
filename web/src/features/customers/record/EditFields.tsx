import { DatePicker, Input, InputNumber, Radio, Select, Switch } from 'antd'
import dayjs from 'dayjs'
import { useTranslation } from 'react-i18next'

import { Field } from '@/shared/ui/Field'
import { ManagerSelect } from '../ManagerSelect'
import { nameIn, useClasses, useTags } from '../reference'
import type { CustomerRecord, CustomField } from '../types'
import { custom, type Flat, type Value } from './changes'

interface Props {
  form: Flat
  errors: Record<string, string>
  record: CustomerRecord | null
  fields: readonly CustomField[]
  changed: readonly string[]
  onChange: (field: string, value: Value) => void
  onLeave: (field: string) => void
}

const text = (value: Value | undefined): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
const list = (value: Value | undefined): string[] => (Array.isArray(value) ? value : [])

/** The facts of a customer as fields. */
export function EditFields({ form, errors, record, fields, changed, onChange, onLeave }: Props) {
  const { t, i18n } = useTranslation()
  const classes = useClasses()
  const tags = useTags()
  const company = form.kind === 'company'
  const mark = (field: string, label: string) => (changed.includes(field) ? `${label} •` : label)
  const error = (field: string) => errors[field] || undefined
  return (
    <>
      <Field id="edit-name" label={mark('name', t(company ? 'customers.field.companyName' : 'customers.field.name'))} required error={error('name')}>
        <Input
          id="edit-name"
          autoFocus
          value={text(form.name)}
          maxLength={100}
          status={error('name') ? 'error' : undefined}
          data-testid="edit-name"
          onChange={(event) => onChange('name', event.target.value)}
          onBlur={() => onLeave('name')}
        />
      </Field>
      <Field label={mark('kind', t('customers.field.kind'))}>
        <Radio.Group
          value={form.kind}
          onChange={(event) => onChange('kind', event.target.value as string)}
          options={(['person', 'company'] as const).map((value) => ({ value, label: t(`customers.kind.${value}`) }))}
        />
      </Field>
      {!company && (
        <>
          <Field label={mark('gender', t('customers.field.gender'))}>
            <Radio.Group
              value={form.gender ?? ''}
              onChange={(event) => onChange('gender', (event.target.value as string) || null)}
              options={[
                { value: 'female', label: t('gender.female') },
                { value: 'male', label: t('gender.male') },
                { value: '', label: t('gender.unknown') },
              ]}
            />
          </Field>
          <Field id="edit-birth_year" label={mark('birth_year', t('customers.field.birth_year'))} error={error('birth_year')}>
            <InputNumber
              id="edit-birth_year"
              className="field-year"
              value={typeof form.birth_year === 'number' ? form.birth_year : null}
              controls={false}
              precision={0}
              status={error('birth_year') ? 'error' : undefined}
              onChange={(value) => onChange('birth_year', value)}
              onBlur={() => onLeave('birth_year')}
            />
          </Field>
        </>
      )}
      <Field id="edit-class" label={mark('class', t('customers.field.class'))}>
        <Select
          id="edit-class"
          value={text(form.class)}
          onChange={(value: string) => onChange('class', value)}
          options={classes.data?.map((one) => ({ value: one.code, label: nameIn(one, i18n.language) })) ?? []}
        />
      </Field>
      <Field id="edit-manager_id" label={mark('manager_id', t('customers.field.manager'))}>
        <ManagerSelect
          id="edit-manager_id"
          value={text(form.manager_id) || null}
          known={record?.manager}
          label={t('customers.field.manager')}
          placeholder={t('customers.nothing')}
          onChange={(value) => onChange('manager_id', value)}
        />
      </Field>
      <Field id="edit-tags" label={mark('tags', t('customers.field.tags'))}>
        <Select
          id="edit-tags"
          mode="tags"
          value={list(form.tags)}
          tokenSeparators={[',', '，', '、']}
          onChange={(value: string[]) => onChange('tags', value)}
          options={tags.data?.map(({ code, name }) => ({ value: code, label: name }))}
        />
      </Field>
      <Field id="edit-warnings" label={mark('warnings', t('customers.field.warnings'))} hint={t('customers.edit.warningsHint')}>
        <Select id="edit-warnings" mode="tags" open={false} suffixIcon={null} value={list(form.warnings)} onChange={(value: string[]) => onChange('warnings', value)} />
      </Field>
      <Field id="edit-since" label={mark('since', t('customers.field.since'))}>
        <DatePicker id="edit-since" value={text(form.since) ? dayjs(text(form.since)) : null} onChange={(date) => onChange('since', date?.format('YYYY-MM-DD') ?? null)} />
      </Field>
      <Field id="edit-id_number" label={mark('id_number', t('customers.field.id_number'))} error={error('id_number')}>
        <Input
          id="edit-id_number"
          value={text(form.id_number)}
          maxLength={30}
          autoComplete="off"
          placeholder={record?.id_number_masked ? t('customers.edit.idNumberKept', { masked: record.id_number_masked }) : undefined}
          status={error('id_number') ? 'error' : undefined}
          onChange={(event) => onChange('id_number', event.target.value)}
          onBlur={() => onLeave('id_number')}
        />
      </Field>
      {fields.map((one) => {
        const name = custom + one.code
        const id = `edit-custom-${one.code}`
        return (
          <Field key={one.code} id={id} label={mark(name, nameIn(one, i18n.language))} required={one.required} error={error(name)}>
            <CustomInput id={id} field={one} value={form[name] ?? null} wrong={error(name) !== undefined} onChange={(value) => onChange(name, value)} onLeave={() => onLeave(name)} />
          </Field>
        )
      })}
    </>
  )
}

interface InputProps {
  id: string
  field: CustomField
  value: Value
  wrong: boolean
  onChange: (value: Value) => void
  onLeave: () => void
}

/** The control that fits the type of a custom field. */
export function CustomInput({ id, field, value, wrong, onChange, onLeave }: InputProps) {
  const status = wrong ? 'error' : undefined
  switch (field.type) {
    case 'number':
      return <InputNumber id={id} controls={false} status={status} value={typeof value === 'number' ? value : null} onChange={onChange} onBlur={onLeave} />
    case 'date':
      return <DatePicker id={id} status={status} value={text(value) ? dayjs(text(value)) : null} onChange={(date) => onChange(date?.format('YYYY-MM-DD') ?? null)} onBlur={onLeave} />
    case 'choice':
      return (
        <Select
          id={id}
          allowClear
          status={status}
          value={text(value) || undefined}
          onChange={(next: string | undefined) => onChange(next ?? null)}
          onBlur={onLeave}
          options={field.choices.map((choice) => ({ value: choice, label: choice }))}
        />
      )
    case 'bool':
      return <Switch id={id} size="small" checked={value === true} onChange={(on) => onChange(on)} />
    default:
      return <Input id={id} status={status} maxLength={500} value={text(value)} onChange={(event) => onChange(event.target.value)} onBlur={onLeave} />
  }
}
