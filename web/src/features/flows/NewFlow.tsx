import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, Problem } from '@/shared/api/client'
import { useAction as useRequest } from '@/shared/api/lists'
import { Field } from '@/shared/ui/Field'
import { ErrorLine } from '@/shared/ui/parts'
import patterns from './patterns.json'
import type { FlowLine, FlowWhole } from './types'

type Pattern = keyof typeof patterns
/** Chosen among flows by a sign no code of a flow has. */
const patternOf = (chosen: string): Pattern | null => (chosen.startsWith('+') ? (chosen.slice(1) as Pattern) : null)
const code_form = /^[a-z][a-z0-9_]{0,63}$/

/** A flow begins empty, as a small pattern, or as a copy of another. */
export function NewFlow({ flows, onMade, onClose }: { flows: readonly FlowLine[]; onMade: (code: string) => void; onClose: () => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [code, setCode] = useState('')
  const [template, setTemplate] = useState('')
  const [tried, setTried] = useState(false)
  const { busy, problem, run } = useRequest('/flows')
  const taken = problem instanceof Problem && problem.code === 'code_taken'
  const submit = async () => {
    setTried(true)
    if (!name.trim() || !code_form.test(code) || busy) return
    const pattern = patternOf(template)
    const done = await run(async () => {
      const made = await api.post<FlowWhole>('/flows', { code, name: name.trim(), ...(template && !pattern ? { template } : {}) })
      if (pattern) await api.put(`/flows/${code}/draft`, { document: { ...patterns[pattern], id: code, version: 1, name: name.trim() }, rev: made.rev })
      return made
    })
    if (done.ok) onMade(done.value.code)
  }
  return (
    <Modal
      open
      title={t('flows.add')}
      width={480}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('flows.publish.cancel')}</Button>
          <Button type="primary" loading={busy} data-testid="flow-save" onClick={() => void submit()}>
            {t('flows.add')}
          </Button>
        </>
      }
    >
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <Field id="flow-name" label={t('flows.column.name')} required error={tried && !name.trim() ? 'admin.common.nameMissing' : undefined}>
          <Input id="flow-name" autoFocus value={name} maxLength={60} onChange={({ target }) => setName(target.value)} />
        </Field>
        <Field id="flow-code" label={t('flows.column.code')} required error={taken ? 'problem.code_taken' : tried && !code_form.test(code) ? 'flows.fresh.codeWrong' : undefined} hint={t('flows.fresh.codeHint')}>
          <Input id="flow-code" value={code} maxLength={64} spellCheck={false} autoComplete="off" onChange={({ target }) => setCode(target.value)} />
        </Field>
        <Field id="flow-template" label={t('flows.fresh.from')}>
          <Select id="flow-template" value={template} popupMatchSelectWidth={false}
            options={[
              { value: '', label: t('flows.fresh.empty') },
              { label: t('flows.fresh.patterns'), options: (Object.keys(patterns) as Pattern[]).map((one) => ({ value: `+${one}`, label: t(`flows.pattern.${one}`) })) },
              { label: t('flows.fresh.copies'), options: flows.filter(({ published, shipped }) => published || shipped).map((one) => ({ value: one.code, label: t('flows.fresh.template', { name: one.name }) })) },
            ]} onChange={setTemplate} />
        </Field>
        {problem !== null && !taken && <ErrorLine problem={problem} />}
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
