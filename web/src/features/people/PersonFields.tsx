import { Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { Field } from '@/shared/ui/Field'
import { Section } from '@/shared/ui/parts'
import type { DraftField, PersonDraft } from './draft'
import { GrantsEditor } from './GrantsEditor'
import type { Reference } from './reference'
import { SkillsEditor } from './SkillsEditor'
import { sitePaths } from './words'

interface Props {
  draft: PersonDraft
  onChange: (draft: PersonDraft) => void
  wrong: Partial<Record<DraftField, string>>
  onLeave: (field: DraftField) => void
  reference: Reference
  isNew: boolean
  disabled: boolean
}

/** The part of a person that is saved as a whole. */
export function PersonFields({ draft, onChange, wrong, onLeave, reference, isNew, disabled }: Props) {
  const { t } = useTranslation()
  const text = (field: 'username' | 'name' | 'number' | 'email', hint?: string) => (
    <Field id={`person-${field}`} label={t(`admin.people.${field}`)} required={field === 'username' || field === 'name'} error={wrong[field]} hint={hint && t(hint)}>
      <Input
        id={`person-${field}`}
        value={draft[field]}
        disabled={disabled}
        autoComplete="off"
        spellCheck={false}
        inputMode={field === 'number' ? 'numeric' : field === 'email' ? 'email' : undefined}
        status={wrong[field] ? 'error' : undefined}
        data-testid={`person-${field}`}
        onChange={(event) => onChange({ ...draft, [field]: event.target.value })}
        onBlur={() => onLeave(field)}
      />
    </Field>
  )
  return (
    <>
      <Section icon="person" title={t('admin.people.basics')}>
        <div className="form">
          {isNew && text('username', 'admin.people.usernameHint')}
          {text('name')}
          {text('number', 'admin.people.numberHint')}
          {text('email')}
          <Field id="person-site" label={t('admin.people.site')}>
            <Select
              id="person-site"
              value={draft.site_id ?? ''}
              disabled={disabled}
              showSearch={{ optionFilterProp: 'label' }}
              options={[{ value: '', label: t('admin.people.noSite') }, ...sitePaths(reference.sites)]}
              onChange={(site: string) => onChange({ ...draft, site_id: site || null })}
            />
          </Field>
          <Field id="person-groups" label={t('admin.people.groups')}>
            <Select
              id="person-groups"
              mode="multiple"
              value={draft.groups}
              disabled={disabled}
              showSearch={{ optionFilterProp: 'label' }}
              options={reference.groups.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(groups: string[]) => onChange({ ...draft, groups })}
            />
          </Field>
        </div>
      </Section>
      <Section icon="shield" title={t('admin.people.rights')} count={draft.grants.length || undefined}>
        <GrantsEditor grants={draft.grants} onChange={(grants) => onChange({ ...draft, grants })} wrong={wrong.grants} reference={reference} disabled={disabled} />
      </Section>
      <Section icon="skill" title={t('admin.people.skills')} count={draft.skills.length || undefined}>
        <SkillsEditor skills={draft.skills} onChange={(skills) => onChange({ ...draft, skills })} known={reference.skills} disabled={disabled} />
      </Section>
    </>
  )
}
