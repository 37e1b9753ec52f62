import { Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import type { ScriptBody, ScriptBranch, ScriptFault, ScriptStep } from '@/shared/api/knowledge'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { changeBranch, changeStep, stepName, withStep } from './draft'
import { useEffects } from './reference'

interface Props {
  body: ScriptBody
  step: ScriptStep
  place: number
  branch: ScriptBranch
  faults: readonly ScriptFault[]
  onChange: (body: ScriptBody) => void
}

const end = ':end'
const fresh = ':new'

/** An answer: what the customer says, which step it leads to, and what it does besides. */
export function BranchRow({ body, step, place, branch, faults, onChange }: Props) {
  const { t } = useTranslation()
  const effects = useEffects()
  const of = { answer: place + 1 }
  const set = (change: Partial<ScriptBranch>) => onChange(changeBranch(body, step.id, place, change))
  const lead = (to: string) => {
    if (to === fresh) onChange(withStep(body, { step: step.id, branch: place }).body)
    else set({ next: to === end ? null : to })
  }
  const steps = body.steps.map((one, at) => ({ value: one.id, label: stepName(one, at + 1) }))
  const effect = branch.effect ? `${branch.effect.kind}:${branch.effect.code}` : ''
  return (
    <li className="script-branch">
      <div className="script-branch-line">
        <span className="script-digit">{place + 1}</span>
        <Input value={branch.label} maxLength={60} placeholder={t('scripts.answer')} aria-label={t('scripts.answerOf', of)} data-testid={`answer-${body.steps.indexOf(step) + 1}-${place + 1}`} onChange={(event) => set({ label: event.target.value })} />
        <Input value={branch.label_en} maxLength={60} placeholder={t('scripts.english')} aria-label={t('scripts.answerEnOf', of)} onChange={(event) => set({ label_en: event.target.value })} />
        <Select value={branch.next ?? end} aria-label={t('scripts.leadsOf', of)} options={[{ value: end, label: t('scripts.ends') }, ...steps, { value: fresh, label: t('scripts.newStep') }]} popupMatchSelectWidth={false} onChange={lead} />
        <Select
          value={effect}
          aria-label={t('scripts.effectOf', of)}
          options={[{ value: '', label: t('scripts.noEffect') }, ...effects]}
          popupMatchSelectWidth={false}
          onChange={(chosen: string) => {
            const [kind, code] = chosen.split(':') as ['business' | 'result', string]
            set({ effect: chosen ? { kind, code } : null })
          }}
        />
        <button type="button" className="icon-button" aria-label={t('scripts.removeAnswer', of)} title={t('scripts.removeAnswer', of)} onClick={() => onChange(changeStep(body, step.id, { branches: step.branches.filter((_, each) => each !== place) }))}>
          <Icon name="close" />
        </button>
      </div>
      {faults.map(({ code, what }) => (
        <ErrorLine key={code}>{t(`scripts.fault.${code}`, { what })}</ErrorLine>
      ))}
    </li>
  )
}
