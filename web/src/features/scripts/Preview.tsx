import { Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { ScriptBody, ScriptTrial } from '@/shared/api/knowledge'
import { Empty } from '@/shared/ui/parts'
import { Spoken } from './Spoken'
import { samples, useTrial, type Sample } from './trial'
import { digitOf } from './entry'

/** The draft as an agent would follow it, with a made-up customer. */
export function Preview({ body, trial }: { body: ScriptBody; trial: ScriptTrial | null }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en'
  const [sample, setSample] = useState<Sample>('gold')
  const [trodden, setTrodden] = useState<readonly string[]>([])
  const other = useTrial(body, sample)
  const read = sample === 'gold' ? trial : other
  const at = trodden.at(-1)
  const step = at === '' ? undefined : (body.steps.find(({ id }) => id === at) ?? body.steps[0])
  const words = read?.steps.find(({ id }) => id === step?.id)
  const number = step ? body.steps.indexOf(step) + 1 : 0
  const go = (place: number) => {
    const branch = step?.branches[place]
    if (branch || (step?.branches.length === 0 && place === 0)) setTrodden([...trodden, branch?.next ?? ''])
  }
  return (
    // The digits act in it as they do at the desk.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="script-preview script-tool"
      data-testid="script-preview"
      onKeyDown={(event) => {
        const digit = digitOf(event)
        if (digit !== null) go(digit - 1)
      }}
    >
      <Select value={sample} aria-label={t('scripts.sample')} options={samples.map((one) => ({ value: one, label: t(`scripts.samples.${one}`) }))} onChange={setSample} />
      {step && words ? (
        <>
          <p className="line-minor">{t('scripts.place', { number, total: body.steps.length })}</p>
          <Spoken parts={words.parts} parts_en={words.parts_en} quiet />
          <ul className="script-answers">
            {(step.branches.length > 0 ? step.branches : [null]).map((branch, place) => (
              <li key={branch?.label ?? ''}>
                <button type="button" className="script-answer" onClick={() => go(place)}>
                  <span className="script-digit">{place + 1}</span>
                  <span className="script-label">{branch ? (english && branch.label_en) || branch.label : t('script.finish')}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <Empty>{t(at === '' ? 'scripts.atEnd' : 'scripts.noPreview')}</Empty>
      )}
      {trodden.length > 0 && (
        <p className="script-foot">
          <button type="button" className="link" onClick={() => setTrodden(trodden.slice(0, -1))}>
            {t('script.back')}
          </button>
          <button type="button" className="link" onClick={() => setTrodden([])}>
            {t('scripts.again')}
          </button>
        </p>
      )}
      <details className="script-fields">
        <summary>{t('scripts.fields')}</summary>
        <ul>
          {read?.fields.map((field) => (
            <li key={field}>
              <code>{`{${field}}`}</code> {t(`script.field.${field.replace('.', '_')}`)}
            </li>
          ))}
        </ul>
        <p className="line-minor">{t('scripts.fieldsHint')}</p>
      </details>
    </div>
  )
}
