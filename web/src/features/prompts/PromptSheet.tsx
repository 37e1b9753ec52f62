import { Button, Input } from 'antd'
import { useEffect, useRef, useState, type DragEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction } from '@/shared/api/lists'
import { useNow } from '@/shared/time/clock'
import { dayTime } from '@/shared/time/format'
import { Confirm } from '@/shared/ui/Confirm'
import { Field } from '@/shared/ui/Field'
import { Icon } from '@/shared/ui/Icon'
import { Chip, ErrorLine, Section } from '@/shared/ui/parts'
import { Sheet } from '@/shared/ui/Sheet'
import { toast } from '@/shared/ui/toasts'
import { accepted, heard, keep, length, most_bytes, path, textOf, tongues, type Kept, type Prompt, type Tongue } from './prompts'
import { useMicrophone } from './useMicrophone'
import type { Player } from './usePlayer'
import { useTake } from './useTake'

interface Props {
  prompt: Prompt
  player: Player
  writable: boolean
  first: Tongue
  onFlow: (code: string) => void
  onClose: () => void
  /** Told when words are changed and not saved, and when they are no more. */
  onUnsaved: (tongue: Tongue, unsaved: boolean) => void
}

/** One prompt: its words and its sound in each language, and how they are made anew. */
export function PromptSheet({ prompt, player, writable, first, onFlow, onClose, onUnsaved }: Props) {
  const { t } = useTranslation()
  const inOrder = [...tongues].toSorted((one) => (one === first ? -1 : 1))
  return (
    <Sheet title={prompt.name} label={t('prompts.detail')} testId="prompt-sheet" onClose={onClose} marks={<Chip tone={prompt.own ? 'accent' : 'neutral'}>{t(prompt.own ? 'prompts.own' : 'prompts.shipped')}</Chip>}>
      <p className="muted">
        {prompt.used_in.length + prompt.queues.length === 0 && t(prompt.shipped ? 'prompts.unusedShipped' : 'prompts.unusedLong')}
        {prompt.used_in.length > 0 && `${t('prompts.usedIn')} `}
        {prompt.used_in.map((code) => (
          <button key={code} type="button" className="link prompts-flow" onClick={() => onFlow(code)}>
            {code}
          </button>
        ))}
        {prompt.queues.length > 0 && t('prompts.usedByQueues', { codes: prompt.queues.join(t('prompts.comma')) })}
      </p>
      {inOrder.map((tongue) => (
        <Spoken key={tongue} prompt={prompt} tongue={tongue} player={player} writable={writable} onUnsaved={onUnsaved} />
      ))}
    </Sheet>
  )
}

function Spoken({ prompt, tongue, player, writable, onUnsaved }: Pick<Props, 'prompt' | 'player' | 'writable' | 'onUnsaved'> & { tongue: Tongue }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const sound = prompt.languages[tongue]
  const kept = textOf(prompt, tongue)
  const [edited, setEdited] = useState<string | null>(null)
  const text = edited ?? kept
  const [over, setOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const { busy, problem, setProblem, run } = useAction('/prompts', '/flows')
  const take = useTake(prompt.name, tongue)
  const id = `prompt-text-${tongue}`
  const key = `${prompt.name}/${tongue}`
  const plays = player.playing === key
  const changed = text.trim() !== kept
  const speechless = text.trim() === ''
  const mine = sound?.own ?? false
  const occupied = busy || take.busy
  useEffect(() => {
    onUnsaved(tongue, changed)
    return () => onUnsaved(tongue, false)
  }, [tongue, changed, onUnsaved])

  const save = async (what: Kept, done: string) => {
    const result = await run(() => keep(prompt.name, tongue, { ...what, ...(changed && !speechless ? { text: text.trim() } : {}) }))
    if (!result.ok) return false
    setEdited(null)
    const warnings = result.value.languages[tongue]?.warnings ?? []
    toast(what.file && warnings.length > 0 ? t(`prompts.warning.${warnings[0]}`) : t(done), what.file && warnings.length > 0 ? 'amber' : 'ok')
    return true
  }
  const send = (file: File | undefined) => {
    if (!file) return
    if (file.size > most_bytes) setProblem({ code: 'file_too_large' })
    else void save({ file }, 'prompts.soundKept')
  }
  const speak = async () => {
    const result = await run(() => api.post(`${path(prompt.name, tongue)}/speak`, { text: speechless ? null : text.trim() }))
    if (!result.ok) return
    setEdited(null)
    toast(t('prompts.soundKept'), 'ok')
  }
  const remove = async () => {
    const result = await run(() => api.delete(path(prompt.name, tongue)))
    if (!result.ok) return
    setEdited(null)
    toast(t(prompt.shipped ? 'prompts.backToShipped' : 'prompts.removed'), 'ok')
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    event.stopPropagation()
    setOver(false)
    send(event.dataTransfer.files[0])
  }
  return (
    <div
      className={`prompts-tongue ${over ? 'prompts-over' : ''}`}
      data-testid={`prompt-${tongue}`}
      onDragOver={
        writable
          ? (event) => {
              event.preventDefault()
              event.stopPropagation()
              setOver(true)
            }
          : undefined
      }
      onDragLeave={() => setOver(false)}
      onDrop={writable ? drop : undefined}
    >
      <Section icon="speaker" title={t(`prompts.tongue.${tongue}`)} extra={sound && <Chip tone={mine ? 'accent' : 'neutral'}>{t(mine ? 'prompts.own' : 'prompts.shipped')}</Chip>}>
        <div className="prompts-sound">
          <button
            type="button"
            className="player-play"
            disabled={!heard(sound)}
            aria-label={t(plays ? 'prompts.stop' : 'prompts.play', { name: prompt.name, language: t(`prompts.tongue.${tongue}`) })}
            data-testid={`sheet-play-${tongue}`}
            onClick={() => (plays ? player.stop() : void player.play(key, `${path(prompt.name, tongue)}/audio`))}
          >
            <Icon name={plays ? 'pause' : 'play'} size={18} />
          </button>
          <span data-testid={`sound-${tongue}`}>
            {heard(sound) ? length(sound.seconds) : t(sound ? 'prompts.wordsOnlyLong' : 'prompts.noneLong')}
            {heard(sound) && sound.source && <span className="muted"> · {t(`prompts.source.${sound.source}`)}</span>}
            {sound?.at && (
              <span className="line-minor">
                {' '}
                {dayTime(sound.at, now, i18n.language)} {sound.by}
              </span>
            )}
          </span>
          <span className="prompts-back">
            {mine && writable && (
              <Confirm
                title={t(prompt.shipped ? 'prompts.reallyBack' : 'prompts.reallyRemove', { name: prompt.name })}
                hint={t('prompts.removeHint')}
                verb={t(prompt.shipped ? 'prompts.back' : 'prompts.remove')}
                disabled={occupied}
                testId={`remove-${tongue}`}
                onConfirm={() => void remove()}
              />
            )}
          </span>
        </div>
        {sound?.warnings.map((warning) => (
          <p key={warning} className="prompts-warning">
            <Icon name="triangle" size={14} /> {t(`prompts.warning.${warning}`)}
          </p>
        ))}
        <Field id={id} label={t('prompts.words')} hint={writable && !kept ? t('prompts.wordsHint') : undefined}>
          <Input.TextArea id={id} value={text} lang={tongue === 'zh' ? 'zh-CN' : 'en'} maxLength={2000} autoSize={{ minRows: 2, maxRows: 8 }} readOnly={!writable} data-testid={id} onChange={({ target }) => setEdited(target.value)} />
        </Field>
        {writable && (
          <>
            {changed && (
              <div className="prompts-ways">
                <Button type="primary" size="small" disabled={speechless || occupied} data-testid={`save-text-${tongue}`} onClick={() => void save({}, 'prompts.wordsKept')}>
                  {t('prompts.saveWords')}
                </Button>
                <Button size="small" onClick={() => setEdited(null)}>
                  {t('list.cancel')}
                </Button>
              </div>
            )}
            <div className="prompts-ways">
              <input ref={picker} type="file" hidden accept={accepted} data-testid={`file-${tongue}`} onChange={({ target }) => {
                send(target.files?.[0])
                target.value = ''
              }} />
              <Button size="small" icon={<Icon name="upload" size={14} />} disabled={speechless || occupied} loading={busy} onClick={() => picker.current?.click()}>
                {t('prompts.upload')}
              </Button>
              <Microphone disabled={speechless || occupied} player={player} id={`${key}/microphone`} onKeep={(file) => save({ file, source: 'microphone' }, 'prompts.soundKept')} />
              <Button size="small" icon={<Icon name="phone" size={14} />} disabled={speechless || occupied} loading={take.busy} data-testid={`phone-${tongue}`} onClick={() => void take.begin(text)}>
                {t('prompts.atPhone')}
              </Button>
              <Button size="small" icon={<Icon name="speaker" size={14} />} disabled={speechless || occupied} data-testid={`speak-${tongue}`} onClick={() => void speak()}>
                {t('prompts.speak')}
              </Button>
            </div>
            {take.take && <p className={take.take.state === 'kept' ? 'saved' : 'muted'} role="status" data-testid={`take-${tongue}`}>{t(`prompts.take.${take.take.state}`)}</p>}
            {take.take?.reason && <p className="prompts-warning" role="status" data-testid={`unfit-${tongue}`}><Icon name="triangle" size={14} /> {t('prompts.unfitBefore', { reason: unfit(take.take.reason, t) })}</p>}
            {take.problem !== null && <ErrorLine problem={take.problem} />}
            {speechless && <p className="field-hint">{t('prompts.wordsFirst')}</p>}
          </>
        )}
        {problem !== null && <ErrorLine problem={problem}>{reason(problem)}</ErrorLine>}
      </Section>
    </div>
  )

  /** What is wrong with a sound is said by the centre, for that sound. */
  function reason(refused: unknown): string | undefined {
    const document = (refused as { code?: string; document?: { reason?: string; flows?: string[]; queues?: string[] } }).document
    const code = (refused as { code?: string }).code
    if (code === 'prompt_in_use') return t('prompts.inUse', { places: [...(document?.flows ?? []), ...(document?.queues ?? [])].join(t('prompts.comma')) })
    if (code === 'sound_unfit') return unfit(document?.reason, t)
    return undefined
  }
}

const reasons = new Set(['nothing', 'short', 'long', 'large', 'format'])

/** Why a sound cannot be a prompt, in the reader's language. */
export function unfit(reason: string | undefined, t: (key: string) => string): string {
  return t(`prompts.unfit.${reason !== undefined && reasons.has(reason) ? reason : 'damaged'}`)
}

/** The browser's microphone: recorded, heard, and kept or said again. */
function Microphone({ disabled, player, id, onKeep }: { disabled: boolean; player: Player; id: string; onKeep: (sound: Blob) => Promise<boolean> }) {
  const { t } = useTranslation()
  const { state, start, stop, reset } = useMicrophone()
  const [tick, setTick] = useState(0)
  const since = state.kind === 'recording' ? state.since : null
  useEffect(() => {
    if (since === null) return
    const timer = setInterval(() => setTick(Date.now()), 250)
    return () => clearInterval(timer)
  }, [since])
  if (state.kind === 'recording')
    return (
      <div className="prompts-ways prompts-mic">
        <Button size="small" danger icon={<Icon name="record" size={14} />} data-testid="mic-stop" onClick={stop}>
          {t('prompts.mic.stop', { time: `${Math.max(0, Math.floor((tick - state.since) / 1000))} s` })}
        </Button>
        <span className="muted">{t('prompts.mic.speakNow')}</span>
      </div>
    )
  if (state.kind === 'done')
    return (
      <div className="prompts-ways prompts-mic">
        <Button size="small" icon={<Icon name={player.playing === id ? 'pause' : 'play'} size={14} />} onClick={() => (player.playing === id ? player.stop() : void player.play(id, state.sound))}>
          {t('prompts.mic.hear')}
        </Button>
        <Button size="small" type="primary" disabled={disabled} data-testid="mic-keep" onClick={() => void onKeep(state.sound).then((kept) => kept && reset())}>
          {t('prompts.mic.keep')}
        </Button>
        <Button size="small" onClick={() => void start()}>
          {t('prompts.mic.again')}
        </Button>
        <Button size="small" type="text" onClick={reset}>
          {t('list.cancel')}
        </Button>
      </div>
    )
  return (
    <>
      <Button size="small" icon={<Icon name="mic" size={14} />} disabled={disabled} loading={state.kind === 'asking'} data-testid="mic-start" onClick={() => void start()}>
        {t('prompts.mic.start')}
      </Button>
      {state.kind === 'failed' && <ErrorLine>{t(`prompts.mic.${state.reason}`)}</ErrorLine>}
    </>
  )
}
