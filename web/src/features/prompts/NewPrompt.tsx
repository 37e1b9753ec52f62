import { Button, Input, Modal, Segmented } from 'antd'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useAction } from '@/shared/api/lists'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { unfit } from './PromptSheet'
import { accepted, keep, most_bytes, nameOf, nameWrong, tongues, type Prompt, type Tongue } from './prompts'

interface Props {
  file: File | null
  first: Tongue
  taken: readonly Prompt[]
  onMade: (name: string) => void
  onClose: () => void
}

/** A prompt of a new name, or a sound for one that there is: a file may be given at once, or recorded afterwards. */
export function NewPrompt({ file: dropped, first, taken, onMade, onClose }: Props) {
  const { t } = useTranslation()
  const [file, setFile] = useState(dropped)
  const [name, setName] = useState(dropped ? nameOf(dropped.name) : '')
  const [tongue, setTongue] = useState<Tongue>(first)
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const { busy, problem, run } = useAction('/prompts', '/flows')
  const there = taken.find((one) => one.name === name.trim())
  const wrong = nameWrong(name.trim())
  const tooLarge = file !== null && file.size > most_bytes
  const submit = async () => {
    setTried(true)
    if (wrong || !text.trim() || tooLarge || busy) return
    const done = await run(() => keep(name.trim(), tongue, { text: text.trim(), ...(file ? { file } : {}) }))
    if (done.ok) onMade(name.trim())
  }
  const document = (problem as { code?: string; document?: { reason?: string } } | null)?.code === 'sound_unfit' ? (problem as { document: { reason?: string } }).document : null
  return (
    <Modal
      open
      title={t('prompts.fresh.title')}
      width={520}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('list.cancel')}</Button>
          <Button type="primary" loading={busy} data-testid="prompt-make" onClick={() => void submit()}>
            {t('prompts.fresh.submit')}
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
        <Field id="prompt-name" label={t('prompts.column.name')} required error={tried ? wrong : undefined} hint={there ? t('prompts.fresh.replaces') : t('prompts.fresh.nameHint')}>
          <Input id="prompt-name" autoFocus value={name} maxLength={64} spellCheck={false} autoComplete="off" data-testid="prompt-name" onChange={({ target }) => setName(target.value)} />
        </Field>
        <Field label={t('prompts.fresh.language')}>
          <Segmented value={tongue} options={tongues.map((value) => ({ value, label: t(`prompts.tongue.${value}`) }))} onChange={setTongue} />
        </Field>
        <Field id="prompt-words" label={t('prompts.words')} required error={tried && !text.trim() ? 'prompts.fresh.wordsMissing' : undefined} hint={t('prompts.fresh.wordsHint')}>
          <Input.TextArea id="prompt-words" value={text} maxLength={2000} autoSize={{ minRows: 3, maxRows: 8 }} data-testid="prompt-words" onChange={({ target }) => setText(target.value)} />
        </Field>
        <Field label={t('prompts.fresh.sound')} error={tooLarge ? 'prompts.fresh.tooLarge' : undefined} hint={t('prompts.fresh.soundHint')}>
          <input ref={picker} type="file" hidden accept={accepted} data-testid="prompt-file" onChange={({ target }) => setFile(target.files?.[0] ?? null)} />
          <Button icon={<Icon name="upload" />} onClick={() => picker.current?.click()}>
            <span className="ellipsis prompts-file">{file?.name ?? t('prompts.fresh.choose')}</span>
          </Button>
        </Field>
        {problem !== null && <ErrorLine problem={problem}>{document ? unfit(document.reason, t) : undefined}</ErrorLine>}
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
