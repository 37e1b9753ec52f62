import { Input } from 'antd'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'

import type { ScriptBody, ScriptFault, ScriptStep } from '@/shared/api/knowledge'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { BranchRow } from './BranchRow'
import { changeStep, emptyBranch, most_branches, movedStep, withoutStep } from './draft'

interface Props {
  body: ScriptBody
  step: ScriptStep
  number: number
  faults: readonly ScriptFault[]
  onChange: (body: ScriptBody) => void
}

/** One step: what is read in both languages, and where each answer leads. */
export function StepForm({ body, step, number, faults, onChange }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const set = (change: Partial<ScriptStep>) => onChange(changeStep(body, step.id, change))
  const tool = (icon: 'arrowUp' | 'arrowDown' | 'close', name: string, act: () => void, disabled: boolean) => (
    <button type="button" className="icon-button" disabled={disabled} aria-label={`${name} ${number}`} title={name} onClick={act}>
      <Icon name={icon} />
    </button>
  )
  return (
    <li className="script-step" data-testid={`step-${number}`} data-faulty={faults.length > 0 || undefined}>
      <div className="script-step-head">
        <b>{t('scripts.step', { number })}</b>
        {number === 1 && <span className="muted">{t('scripts.first')}</span>}
        <span className="script-step-tools">
          {tool('arrowUp', t('scripts.up'), () => onChange(movedStep(body, step.id, -1)), number === 1)}
          {tool('arrowDown', t('scripts.down'), () => onChange(movedStep(body, step.id, 1)), number === body.steps.length)}
          {tool('close', t('scripts.removeStep'), () => onChange(withoutStep(body, step.id)), body.steps.length === 1)}
        </span>
      </div>
      {faults
        .filter(({ branch }) => branch === null)
        .map(({ code, what }) => (
          <ErrorLine key={code + what}>{t(`scripts.fault.${code}`, { what })}</ErrorLine>
        ))}
      <div className="script-texts">
        <label htmlFor={`${id}-zh`}>{t('scripts.chinese')}</label>
        <Input.TextArea id={`${id}-zh`} value={step.text} maxLength={1000} autoSize={{ minRows: 2, maxRows: 6 }} data-testid={`step-${number}-text`} onChange={(event) => set({ text: event.target.value })} />
        <label htmlFor={`${id}-en`}>{t('scripts.english')}</label>
        <Input.TextArea id={`${id}-en`} value={step.text_en} maxLength={1000} autoSize={{ minRows: 1, maxRows: 6 }} placeholder={t('scripts.englishHint')} onChange={(event) => set({ text_en: event.target.value })} />
      </div>
      <ol className="script-branches" aria-label={t('scripts.answers')}>
        {step.branches.map((branch, place) => (
          <BranchRow
            // oxlint-disable-next-line react/no-array-index-key -- answers are known by their place
            key={place}
            body={body}
            step={step}
            place={place}
            branch={branch}
            faults={faults.filter((fault) => fault.branch === place)}
            onChange={onChange}
          />
        ))}
      </ol>
      <button type="button" className="link" disabled={step.branches.length >= most_branches} data-testid={`step-${number}-answer`} onClick={() => set({ branches: [...step.branches, emptyBranch()] })}>
        {t('scripts.addAnswer')}
      </button>
    </li>
  )
}
