import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, Problem } from '@/shared/api/client'
import { useAction as useRequest } from '@/shared/api/lists'
import { Field } from '@/shared/ui/Field'
import { ErrorLine } from '@/shared/ui/parts'
import type { FlowLine, FlowWhole } from './types'

const code_form = /^[a-z][a-z0-9_]{0,63}$/

/** A flow begins empty, or as a copy of another. */
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
    const done = await run(() => api.post<FlowWhole>('/flows', { code, name: name.trim(), ...(template ? { template } : {}) }))
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
          <Select id="flow-template" value={template} options={[{ value: '', label: t('flows.fresh.empty') }, ...flows.filter(({ published, shipped }) => published || shipped).map((one) => ({ value: one.code, label: t('flows.fresh.template', { name: one.name }) }))]} onChange={setTemplate} />
        </Field>
        {problem !== null && !taken && <ErrorLine problem={problem} />}
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
