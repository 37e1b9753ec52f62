import { Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Skill } from '@/shared/api/admin'
import { Icon } from '@/shared/ui/Icon'
import { Empty } from '@/shared/ui/parts'
import type { PersonDraft } from './draft'

interface Props {
  skills: PersonDraft['skills']
  onChange: (skills: PersonDraft['skills']) => void
  known: readonly Skill[]
  disabled: boolean
}

const levels = [1, 2, 3, 4, 5]

export function SkillsEditor({ skills, onChange, known, disabled }: Props) {
  const { t, i18n } = useTranslation()
  const nameOf = (id: string) => {
    const skill = known.find((one) => one.id === id)
    return (i18n.language === 'en' && skill?.name_en) || skill?.name || ''
  }
  const free = known.filter(({ id }) => !skills.some((one) => one.skill_id === id))
  return (
    <div className="lines">
      {skills.length === 0 && <Empty>{t('admin.people.noSkills')}</Empty>}
      {skills.map(({ skill_id: id, level }) => (
        <div key={id} className="line">
          <span className="line-name ellipsis">{nameOf(id)}</span>
          <Segmented
            size="small"
            value={level}
            disabled={disabled}
            aria-label={t('admin.people.levelOf', { name: nameOf(id) })}
            options={levels.map((value) => ({ value, label: value }))}
            onChange={(value) => onChange(skills.map((one) => (one.skill_id === id ? { skill_id: id, level: value } : one)))}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={`${t('admin.common.remove')} ${nameOf(id)}`}
            title={t('admin.common.remove')}
            disabled={disabled}
            onClick={() => onChange(skills.filter((one) => one.skill_id !== id))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      {!disabled && free.length > 0 && (
        <div className="line-add">
          <Select
            className="add-select"
            size="small"
            value={null}
            placeholder={t('admin.people.addSkill')}
            aria-label={t('admin.people.addSkill')}
            options={free.map(({ id }) => ({ value: id, label: nameOf(id) }))}
            onChange={(id: string | null) => id && onChange([...skills, { skill_id: id, level: 3 }])}
          />
        </div>
      )}
    </div>
  )
}
