import { InputNumber, Segmented, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Skill } from '@/shared/api/admin'
import { useAll } from '@/shared/api/lists'
import type { SkillWish } from '@/shared/api/queues'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine, Section } from '@/shared/ui/parts'
import { Whole, type Part } from './parts'
import { most_skills, strategies, wishWith, wishWrong } from './settings'

const levels = [1, 2, 3, 4, 5]

/** Who of the members gets a contact: in which order, with which skills, and how long for somebody it knows. */
export function Whom({ value, set, writes, tried }: Part) {
  const { t, i18n } = useTranslation()
  const skills = useAll<Skill>('/skills')
  const nameOf = (id: string) => {
    const skill = skills.rows.find((one) => one.id === id)
    return skill ? (i18n.language === 'en' && skill.name_en) || skill.name : skills.query.isPending ? '…' : t('queueSet.skillGone')
  }
  const put = (index: number, part: Partial<SkillWish>) => set({ skills: value.skills.map((wish, at) => (at === index ? wishWith(wish, part) : wish)) })
  return (
    <>
      <div className="form">
        <Field id="queue-strategy" label={t('admin.queues.strategy')} hint={t(`queueSet.strategyHint.${value.strategy}`, { defaultValue: '' })}>
          <Select
            id="queue-strategy"
            value={value.strategy}
            disabled={!writes}
            data-testid="queue-strategy"
            options={strategies.map((one) => ({ value: one, label: t(`queueSet.strategy.${one}`) }))}
            onChange={(strategy: string) => set({ strategy })}
          />
        </Field>
        <Whole id="queue-prefer" label={t('queueSet.prefer')} hint={t('queueSet.preferHint')} value={value.prefer_seconds} high={600} disabled={!writes} onChange={(prefer_seconds) => set({ prefer_seconds })} />
        <Whole id="queue-ring_seconds" label={t('admin.queues.ring')} value={value.ring_seconds} low={1} high={300} disabled={!writes} onChange={(ring_seconds) => set({ ring_seconds })} />
      </div>
      <Section icon="skill" title={t('queueSet.skills')} count={value.skills.length || undefined}>
        {value.skills.length === 0 && <Empty>{t('queueSet.noSkills')}</Empty>}
        <div className="wishes" data-testid="queue-skills">
          {value.skills.map((wish, index) => {
            const name = nameOf(wish.skill_id)
            const wrong = tried ? wishWrong(wish) : undefined
            return (
              <div key={`${wish.skill_id}-${wish.required}`} className="wish">
                <b className="line-name ellipsis" title={name}>
                  {name}
                </b>
                <Segmented
                  size="small"
                  value={wish.required ? 'required' : 'preferred'}
                  disabled={!writes}
                  aria-label={name}
                  options={(['required', 'preferred'] as const).map((one) => ({ value: one, label: t(`queueSet.${one}`) }))}
                  onChange={(one) => put(index, { required: one === 'required' })}
                />
                {writes && (
                  <button type="button" className="icon-button" aria-label={`${t('admin.common.remove')} ${name}`} title={t('admin.common.remove')} onClick={() => set({ skills: value.skills.filter((_, at) => at !== index) })}>
                    <Icon name="close" />
                  </button>
                )}
                <p className="wish-words">
                  {t('queueSet.level')}
                  <Select size="small" value={wish.level ?? 1} disabled={!writes} aria-label={`${name} ${t('queueSet.level')}`} options={levels.map((level) => ({ value: level, label: level }))} onChange={(level: number) => put(index, { level })} />
                  {wish.relax_after ? (
                    <>
                      {t('queueSet.relax')}
                      <InputNumber size="small" value={wish.relax_after} min={1} max={3600} precision={0} disabled={!writes} aria-label={t('queueSet.secondsOf', { name })} onChange={(next) => next !== null && put(index, { relax_after: Number(next) })} />
                      {t('queueSet.relaxAfter')}
                      <Select
                        size="small"
                        value={wish.relax_to ?? 0}
                        disabled={!writes}
                        aria-label={`${name} ${t('queueSet.relaxAfter')}`}
                        options={[0, ...levels].filter((level) => level < (wish.level ?? 1)).map((level) => ({ value: level, label: level === 0 ? t('queueSet.anyLevel') : level }))}
                        onChange={(relax_to: number) => put(index, { relax_to })}
                      />
                      {wish.required && writes && (
                        <button type="button" className="link" onClick={() => put(index, { relax_after: null })}>
                          {t('queueSet.relaxNever')}
                        </button>
                      )}
                    </>
                  ) : (
                    <>
                      <span className="muted">{t('queueSet.relaxNever')}</span>
                      {writes && (
                        <button type="button" className="link" onClick={() => put(index, { relax_after: 30 })}>
                          {t('queueSet.relax')} 30 {t('queueSet.relaxAfter')}…
                        </button>
                      )}
                    </>
                  )}
                </p>
                {wrong && <ErrorLine>{t(wrong)}</ErrorLine>}
              </div>
            )
          })}
        </div>
        {writes && value.skills.length < most_skills && (
          <div className="line-add">
            <Select
              className="add-select"
              size="small"
              value={null}
              placeholder={t('queueSet.addSkill')}
              aria-label={t('queueSet.addSkill')}
              data-testid="queue-add-skill"
              options={skills.rows.filter(({ id }) => !value.skills.some((wish) => wish.skill_id === id)).map(({ id }) => ({ value: id, label: nameOf(id) }))}
              onChange={(id: string | null) => id && set({ skills: [...value.skills, { skill_id: id, level: 1, required: true, relax_after: null, relax_to: 0 }] })}
            />
          </div>
        )}
      </Section>
    </>
  )
}
