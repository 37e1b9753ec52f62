import { Input, Radio } from 'antd'
import { useTranslation } from 'react-i18next'

import { Field } from '@/shared/ui/Field'
import { check, type Errors, type Form } from './newCustomer'

interface Props {
  form: Form
  errors: Errors
  onChange: (part: Partial<Form>) => void
  onErrors: (errors: Errors) => void
}

/** Name, phone, gender, address: the same at the desk during a call and on the page of customers. */
export function NewCustomerFields({ form, errors, onChange, onErrors }: Props) {
  const { t } = useTranslation()
  const leave = (field: keyof Form) => onErrors({ ...errors, [field]: check(form)[field] })
  return (
    <>
      <Field id="create-name" label={t('create.name')} required error={errors.name}>
        <Input
          id="create-name"
          value={form.name}
          maxLength={100}
          status={errors.name ? 'error' : undefined}
          data-first-action=""
          onChange={(event) => onChange({ name: event.target.value })}
          onBlur={() => form.name && leave('name')}
        />
      </Field>
      <Field id="create-phones" label={t('create.phones')} required error={errors.phones}>
        <Input
          id="create-phones"
          value={form.phones}
          inputMode="tel"
          status={errors.phones ? 'error' : undefined}
          onChange={(event) => onChange({ phones: event.target.value })}
          onBlur={() => leave('phones')}
        />
      </Field>
      {form.kind !== 'company' && (
        <Field label={t('create.gender')}>
          <Radio.Group
            value={form.gender}
            onChange={(event) => onChange({ gender: event.target.value as Form['gender'] })}
            options={[
              { value: 'female', label: t('gender.female') },
              { value: 'male', label: t('gender.male') },
              { value: '', label: t('gender.unknown') },
            ]}
          />
        </Field>
      )}
      <Field id="create-address" label={t('create.address')}>
        <Input id="create-address" value={form.address} maxLength={500} onChange={(event) => onChange({ address: event.target.value })} />
      </Field>
    </>
  )
}
