import { Button, Input, Modal } from 'antd'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '../api/client'
import { useAction } from '../api/lists'
import { codeWrong } from '../format/code'
import { Confirm } from './Confirm'
import { Field } from './Field'
import { ErrorLine } from './parts'

export interface Thing {
  code: string
  name: string
  name_en?: string
}

interface Props {
  title: string
  /** The one being changed; null makes a new one. */
  thing: Thing | null
  /** Whether it has an English name of its own. */
  english?: boolean
  /** Whether the code can be changed later. */
  fixedCode?: boolean
  save: (thing: Thing) => Promise<unknown>
  remove?: () => Promise<unknown>
  /** Lists to ask for anew. */
  renew: readonly string[]
  onClose: () => void
  /** Its other fields. */
  children?: ReactNode
  testId: string
}

/** Name, code and a few fields more: how small things of a centre are made, renamed and deleted. */
export function ThingDialog({ title, thing, english = false, fixedCode = false, save, remove, renew, onClose, children, testId }: Props) {
  const { t } = useTranslation()
  const [value, setValue] = useState<Thing>(thing ?? { code: '', name: '', name_en: '' })
  const [tried, setTried] = useState(false)
  const { busy, problem, run } = useAction(...renew)
  const taken = problem instanceof Problem && problem.code === 'code_taken'
  const wrong = codeWrong(value.code)
  const done = async (request: () => Promise<unknown>) => {
    const result = await run(request)
    if (result.ok) onClose()
  }
  const submit = () => {
    setTried(true)
    if (!value.name.trim() || wrong || busy) return
    void done(() => save({ code: value.code.trim(), name: value.name.trim(), ...(english ? { name_en: (value.name_en ?? '').trim() } : {}) }))
  }
  return (
    <Modal
      open
      title={title}
      onCancel={onClose}
      width={480}
      footer={
        <div className="dialog-foot">
          {thing && remove && (
            <Confirm
              title={t('admin.common.reallyRemove', { name: thing.name })}
              hint={t('admin.common.removeHint')}
              verb={t('admin.common.remove')}
              disabled={busy}
              testId={`${testId}-remove`}
              onConfirm={() => void done(remove)}
            />
          )}
          <span className="foot-end">
            <Button onClick={onClose}>{t('admin.common.cancel')}</Button>
            <Button type="primary" loading={busy} data-testid={`${testId}-save`} onClick={submit}>
              {t('admin.common.save')}
            </Button>
          </span>
        </div>
      }
    >
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <Field id={`${testId}-name`} label={t('admin.common.name')} required error={tried && !value.name.trim() ? 'admin.common.nameMissing' : undefined}>
          <Input id={`${testId}-name`} autoFocus value={value.name} maxLength={100} onChange={(event) => setValue({ ...value, name: event.target.value })} />
        </Field>
        {english && (
          <Field id={`${testId}-name-en`} label={t('admin.common.nameEn')}>
            <Input id={`${testId}-name-en`} value={value.name_en} maxLength={100} onChange={(event) => setValue({ ...value, name_en: event.target.value })} />
          </Field>
        )}
        <Field id={`${testId}-code`} label={t('admin.common.code')} required error={taken ? 'problem.code_taken' : tried ? wrong : undefined} hint={t('admin.common.codeHint')}>
          <Input
            id={`${testId}-code`}
            value={value.code}
            maxLength={50}
            disabled={thing !== null && fixedCode}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => setValue({ ...value, code: event.target.value })}
          />
        </Field>
        {children}
        {problem !== null && !taken && <ErrorLine problem={problem} />}
        {/* Enter in a field submits. */}
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
