import { Checkbox, Input, InputNumber, Segmented, Select } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Field } from '@/shared/ui/Field'
import { Section } from '@/shared/ui/parts'
import type { Passwords, TrunkDraft, TrunkField, Wrong } from './form'
import { Rates } from './Rates'
import { Rules } from './Rules'

interface Props {
  draft: TrunkDraft
  passwords: Passwords
  kept: { secret: boolean; peer_secret: boolean }
  wrong: Wrong
  isNew: boolean
  disabled: boolean
  onChange: (part: Partial<TrunkDraft>) => void
  onPasswords: (part: Passwords) => void
  onLeave: (field: TrunkField) => void
}

type TextField = 'code' | 'name' | 'name_en' | 'host' | 'outbound_proxy' | 'certificate_name' | 'username' | 'domain' | 'peer_username' | 'country'
type LimitField = 'max_channels_total' | 'max_channels_in' | 'max_channels_out' | 'max_cps'

const codecs = ['PCMA', 'PCMU', 'G722', 'opus', 'G729']

/** Everything that can be set of a trunk, in six sections. */
export function TrunkFields({ draft, passwords, kept, wrong, isNew, disabled, onChange, onPasswords, onLeave }: Props) {
  const { t } = useTranslation()
  const text = (field: TextField, more: { required?: boolean; hint?: string; placeholder?: string; most?: number } = {}) => (
    <Field id={`trunk-${field}`} label={t(`tel.trunks.field.${field}`)} required={more.required} error={wrong[field]} hint={more.hint && t(more.hint)}>
      <Input
        id={`trunk-${field}`}
        value={draft[field]}
        disabled={disabled || (field === 'code' && !isNew)}
        maxLength={more.most ?? 253}
        autoComplete="off"
        spellCheck={false}
        placeholder={more.placeholder}
        status={wrong[field] ? 'error' : undefined}
        data-testid={`trunk-${field}`}
        onChange={({ target }) => onChange({ [field]: field === 'country' ? target.value.toUpperCase() : target.value })}
        onBlur={() => onLeave(field)}
      />
    </Field>
  )
  const choice = <F extends 'kind' | 'direction' | 'transport' | 'srtp'>(field: F, options: readonly TrunkDraft[F][], hint?: string) => (
    <Field label={t(`tel.trunks.field.${field}`)} hint={hint}>
      <Segmented
        value={draft[field]}
        disabled={disabled}
        aria-label={t(`tel.trunks.field.${field}`)}
        options={options.map((value) => ({ value: value as string, label: t(`tel.trunks.${field}.${value as string}`) }))}
        onChange={(value) => onChange({ [field]: value })}
      />
    </Field>
  )
  const password = (field: 'secret' | 'peer_secret') => {
    const value = passwords[field]
    const removed = value === '' && kept[field]
    return (
      <Field id={`trunk-${field}`} label={t(`tel.trunks.field.${field}`)} error={wrong[field]} hint={removed ? t('tel.trunks.secretGoes') : kept[field] && value === undefined ? t('tel.trunks.secretKept') : undefined}>
        <span className="trunk-secret">
          <Input.Password
            id={`trunk-${field}`}
            value={value ?? ''}
            disabled={disabled}
            maxLength={200}
            autoComplete="new-password"
            placeholder={kept[field] && value === undefined ? '••••••••' : undefined}
            status={wrong[field] ? 'error' : undefined}
            data-testid={`trunk-${field}`}
            onChange={({ target }) => onPasswords({ [field]: target.value || undefined })}
            onBlur={() => onLeave(field)}
          />
          {kept[field] && !disabled && (
            <button type="button" className="link" onClick={() => onPasswords({ [field]: removed ? undefined : '' })}>
              {t(removed ? 'tel.trunks.secretKeep' : 'tel.trunks.secretRemove')}
            </button>
          )}
        </span>
      </Field>
    )
  }
  const limit = (field: LimitField) => (
    <Field id={`trunk-${field}`} label={t(`tel.trunks.field.${field}`)}>
      <InputNumber
        id={`trunk-${field}`}
        min={0}
        max={100_000}
        precision={0}
        value={draft[field] || null}
        disabled={disabled}
        placeholder={t('tel.trunks.unlimited')}
        onChange={(value) => onChange({ [field]: Number(value ?? 0) })}
      />
    </Field>
  )
  const tags = (id: string, label: string, value: string[], put: (value: string[]) => void, more: { error?: string; hint?: ReactNode; options?: string[] } = {}) => (
    <Field id={id} label={label} error={more.error} hint={more.hint}>
      <Select
        id={id}
        mode="tags"
        value={value}
        disabled={disabled}
        open={more.options ? undefined : false}
        suffixIcon={more.options ? undefined : null}
        tokenSeparators={[',', ' ', '，', ';', '\n']}
        status={more.error ? 'error' : undefined}
        options={(more.options ?? []).map((one) => ({ value: one, label: one }))}
        aria-label={label}
        data-testid={id}
        onChange={(all: string[]) => put(all.map((one) => one.trim()).filter(Boolean))}
        onBlur={() => onLeave('sources')}
      />
    </Field>
  )
  const outward = draft.direction !== 'in'
  const inward = draft.direction !== 'out'
  return (
    <div className="form tel-form trunk-form">
      <Section icon="signal" title={t('tel.trunks.section.connection')}>
        {text('name', { required: true, most: 100 })}
        {text('name_en', { most: 100 })}
        {isNew && text('code', { required: true, hint: 'admin.common.codeHint', most: 50 })}
        {choice('kind', ['carrier', 'pbx', 'gateway'])}
        {choice('direction', ['both', 'in', 'out'])}
        <Field id="trunk-host" label={t('tel.trunks.field.host')} required={outward} error={wrong.host} hint={t('tel.trunks.hostHint')}>
          <span className="trunk-host">
            <Input
              id="trunk-host"
              value={draft.host}
              disabled={disabled}
              maxLength={253}
              autoComplete="off"
              spellCheck={false}
              status={wrong.host ? 'error' : undefined}
              data-testid="trunk-host"
              onChange={({ target }) => onChange({ host: target.value })}
              onBlur={() => onLeave('host')}
            />
            <InputNumber min={1} max={65_535} precision={0} controls={false} value={draft.port} disabled={disabled} placeholder={t('tel.trunks.portAny')} aria-label={t('tel.trunks.field.port')} onChange={(port) => onChange({ port: port === null ? null : Number(port) })} />
          </span>
        </Field>
        {choice('transport', ['auto', 'udp', 'tcp', 'tls'])}
        {text('outbound_proxy', { hint: 'tel.trunks.proxyHint', most: 260 })}
        {tags('trunk-sources', t('tel.trunks.field.sources'), draft.sources, (sources) => onChange({ sources }), { error: wrong.sources, hint: t('tel.trunks.sourcesHint') })}
        {draft.transport === 'tls' && text('certificate_name', { hint: 'tel.trunks.certificateHint' })}
        <Field id="trunk-options_seconds" label={t('tel.trunks.field.options_seconds')} error={wrong.options_seconds} hint={t('tel.trunks.optionsHint')}>
          <InputNumber id="trunk-options_seconds" min={0} max={3600} precision={0} value={draft.options_seconds} disabled={disabled} suffix={t('tel.trunks.seconds')} onChange={(value) => onChange({ options_seconds: Number(value ?? 0) })} onBlur={() => onLeave('options_seconds')} />
        </Field>
      </Section>

      <Section icon="key" title={t('tel.trunks.section.authentication')}>
        <Field label={t('tel.trunks.field.register')}>
          <Checkbox checked={draft.register} disabled={disabled} data-testid="trunk-register" onChange={({ target }) => onChange({ register: target.checked })}>
            {t('tel.trunks.registerHint')}
          </Checkbox>
        </Field>
        {text('username', { required: draft.register, most: 100 })}
        {password('secret')}
        {text('domain', { hint: 'tel.trunks.domainHint' })}
        {draft.register && (
          <Field id="trunk-expires" label={t('tel.trunks.field.expires')}>
            <InputNumber id="trunk-expires" min={60} max={86_400} precision={0} value={draft.expires} disabled={disabled} suffix={t('tel.trunks.seconds')} onChange={(value) => onChange({ expires: Number(value ?? 3600) })} />
          </Field>
        )}
        {inward && text('peer_username', { hint: 'tel.trunks.peerHint', most: 100 })}
        {inward && (draft.peer_username || kept.peer_secret) && password('peer_secret')}
      </Section>

      <Section icon="filter" title={t('tel.trunks.section.limits')}>
        {limit('max_channels_total')}
        {inward && limit('max_channels_in')}
        {outward && limit('max_channels_out')}
        {limit('max_cps')}
        {outward && (
          <>
            <Field id="trunk-priority" label={t('tel.trunks.field.priority')} hint={t('tel.trunks.priorityHint')}>
              <InputNumber id="trunk-priority" min={1} max={100} precision={0} value={draft.priority} disabled={disabled} onChange={(value) => onChange({ priority: Number(value ?? 1) })} />
            </Field>
            <Field id="trunk-weight" label={t('tel.trunks.field.weight')} hint={t('tel.trunks.weightHint')}>
              <InputNumber id="trunk-weight" min={1} max={1000} precision={0} value={draft.weight} disabled={disabled} onChange={(value) => onChange({ weight: Number(value ?? 10) })} />
            </Field>
            <Field label={t('tel.trunks.field.rates')} error={wrong.rates} hint={t('tel.trunks.ratesHint')}>
              <Rates value={draft.rates} disabled={disabled} onChange={(rates) => onChange({ rates })} />
            </Field>
          </>
        )}
      </Section>

      <Section icon="keypad" title={t('tel.trunks.section.numbers')}>
        {text('country', { hint: 'tel.trunks.countryHint', most: 2 })}
        {inward && (
          <Field label={t('tel.trunks.field.number_in')} error={wrong.number_in}>
            <Rules label={t('tel.trunks.called')} value={draft.number_in.called} disabled={disabled} onChange={(called) => onChange({ number_in: { ...draft.number_in, called } })} />
            <Rules label={t('tel.trunks.caller')} value={draft.number_in.caller} disabled={disabled} onChange={(caller) => onChange({ number_in: { ...draft.number_in, caller } })} />
          </Field>
        )}
        {outward && (
          <Field label={t('tel.trunks.field.number_out')} error={wrong.number_out}>
            <Rules label={t('tel.trunks.called')} value={draft.number_out.called} disabled={disabled} onChange={(called) => onChange({ number_out: { ...draft.number_out, called } })} />
            <Rules label={t('tel.trunks.caller')} value={draft.number_out.caller} disabled={disabled} onChange={(caller) => onChange({ number_out: { ...draft.number_out, caller } })} />
          </Field>
        )}
      </Section>

      {outward && (
        <Section icon="person" title={t('tel.trunks.section.callerId')}>
          <Field id="trunk-default" label={t('tel.trunks.field.default')} error={wrong.caller_policy} hint={t('tel.trunks.defaultHint')}>
            <Input
              id="trunk-default"
              value={draft.caller_policy.default}
              disabled={disabled}
              maxLength={20}
              inputMode="tel"
              autoComplete="off"
              status={wrong.caller_policy ? 'error' : undefined}
              onChange={({ target }) => onChange({ caller_policy: { ...draft.caller_policy, default: target.value.trim() } })}
              onBlur={() => onLeave('caller_policy')}
            />
          </Field>
          {tags('trunk-allowed', t('tel.trunks.field.allowed'), draft.caller_policy.allowed, (allowed) => onChange({ caller_policy: { ...draft.caller_policy, allowed } }), { hint: t('tel.trunks.allowedHint') })}
          <Field label={t('tel.trunks.field.trusted')}>
            <Checkbox checked={draft.caller_policy.trusted} disabled={disabled} onChange={({ target }) => onChange({ caller_policy: { ...draft.caller_policy, trusted: target.checked } })}>
              {t('tel.trunks.trustedHint')}
            </Checkbox>
          </Field>
        </Section>
      )}

      <Section icon="mic" title={t('tel.trunks.section.codecs')}>
        {tags('trunk-codecs', t('tel.trunks.field.codecs'), draft.codecs, (all) => onChange({ codecs: all }), { options: codecs, hint: t('tel.trunks.codecsHint') })}
        {choice('srtp', ['off', 'accept', 'require'], t('tel.trunks.srtpHint'))}
      </Section>
    </div>
  )
}
