import { Button, DatePicker, Input, Radio } from 'antd'
import dayjs from 'dayjs'
import { useContext, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api, Problem } from '@/shared/api/client'
import { Icon } from '@/shared/ui/Icon'
import type { IconName } from '@/shared/ui/icons'
import { Chip, Empty, ErrorLine } from '@/shared/ui/parts'
import { isEditable } from '@/shared/keys/keys'
import { WordsContext } from './context'
import { looks } from './kinds'
import type { FlowDocument, Simulation, SimulationEvent } from './types'
import { eventTime, told, values } from './walk'
import { lookupName, nameOf } from './words'

export interface Setting {
  ani: string
  language: 'zh-CN' | 'en'
  channel: 'voice' | 'chat' | 'sms'
  /** When the contact comes, ISO; empty: now. */
  at: string
}

interface Props {
  document: FlowDocument
  setting: Setting
  simulation: Simulation | null
  /** The document it was begun with. */
  of: FlowDocument | null
  onSetting: (setting: Setting) => void
  onSimulation: (simulation: Simulation | null, of: FlowDocument) => void
}

const pad = [...'123456789*0#']
const eventIcons: Record<SimulationEvent['kind'], IconName> = { step: 'flow', say: 'speaker', key: 'keyboard', variable: 'tag', end: 'stop' }

/** The draft on the real engine, with nobody called: what is said, and what follows a key. */
export function Simulator({ document, setting, simulation, of, onSetting, onSimulation }: Props) {
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const [speech, setSpeech] = useState<string | null>(null)
  const list = useRef<HTMLOListElement>(null)
  const shown = simulation?.events.length ?? 0
  const panel = useRef<HTMLElement>(null)
  // Who opens it by key starts it by the next one, and its digits are keys of the telephone.
  useEffect(() => panel.current?.querySelector<HTMLElement>('[data-testid=sim-start]')?.focus(), [])
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight
  }, [shown, simulation?.id])

  const ask = async (request: () => Promise<Simulation>, begun: FlowDocument) => {
    if (busy) return
    setBusy(true)
    setProblem(null)
    try {
      onSimulation(await request(), begun)
    } catch (error) {
      setProblem(error)
      if (error instanceof Problem && error.status === 404) onSimulation(null, begun)
    } finally {
      setBusy(false)
    }
  }
  const start = () =>
    void ask(
      () =>
        api.post<Simulation>('/flows/simulations', {
          document,
          language: setting.language,
          channel: setting.channel,
          ...(setting.ani.trim() ? { ani: setting.ani.replaceAll(/[\s-]/g, '') } : {}),
          ...(setting.at ? { at: setting.at } : {}),
        }),
      document,
    )
  const input = (body: { keys?: string; words?: string; silence?: boolean; hangup?: boolean }) => {
    if (simulation && !simulation.ended) void ask(() => api.post<Simulation>(`/flows/simulations/${simulation.id}/input`, body), of ?? document)
  }
  const live = simulation !== null && !simulation.ended && simulation.waiting !== null
  const name = (node: string, flow = '') => (flow ? words.flow(flow) : nameOf(document.nodes[node], node, words))
  const ended = simulation?.ended
  const reason = simulation?.events.at(-1)?.data.reason as string | undefined
  const variables = values(simulation?.variables ?? {})
  return (
    // Digits are keys of the telephone while the panel has the focus, not in its fields.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      ref={panel}
      className="flow-sim"
      aria-label={t('flows.sim.title')}
      data-testid="flow-simulator"
      onKeyDown={(event) => {
        if (!isEditable(event.target) && !event.ctrlKey && !event.altKey && !event.metaKey && /^[0-9*#]$/.test(event.key) && live) {
          event.preventDefault()
          event.stopPropagation()
          input({ keys: event.key })
        }
      }}
    >
      <header className="flow-panel-head">
        <h2>{t('flows.sim.title')}</h2>
        <Chip tone="ok" icon="phone">
          {t('flows.sim.safe')}
        </Chip>
        <Button size="small" className="foot-end" icon={<Icon name={simulation ? 'undo' : 'play'} size={14} />} loading={busy} data-testid="sim-start" onClick={start}>
          {t(simulation ? 'flows.sim.again' : 'flows.sim.start')}
        </Button>
      </header>
      <div className="flow-sim-setting">
        <label htmlFor="sim-ani">{t('flows.sim.ani')}</label>
        <Input id="sim-ani" size="small" value={setting.ani} maxLength={20} data-testid="sim-ani" onChange={({ target }) => onSetting({ ...setting, ani: target.value })} />
        <label htmlFor="sim-at">{t('flows.sim.at')}</label>
        <DatePicker id="sim-at" size="small" value={setting.at ? dayjs(setting.at) : null} showTime={{ format: 'HH:mm', minuteStep: 5 }} format="YYYY-MM-DD HH:mm" placeholder={t('flows.sim.now')} onChange={(value) => onSetting({ ...setting, at: value ? value.toISOString() : '' })} />
        <span>{t('flows.sim.language')}</span>
        <Radio.Group size="small" value={setting.language} options={[{ value: 'zh-CN', label: t('flows.sim.chinese') }, { value: 'en', label: t('flows.sim.english') }]} onChange={({ target }) => onSetting({ ...setting, language: target.value as Setting['language'] })} />
        <span>{t('flows.sim.channel')}</span>
        <Radio.Group size="small" value={setting.channel} options={(['voice', 'chat', 'sms'] as const).map((one) => ({ value: one, label: t(`flows.sim.${one}`) }))} onChange={({ target }) => onSetting({ ...setting, channel: target.value as Setting['channel'] })} />
      </div>
      {problem !== null && <ErrorLine problem={problem} />}
      {simulation === null ? (
        <Empty>{t('flows.sim.empty')}</Empty>
      ) : (
        // It scrolls: keys reach what is out of sight.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <ol ref={list} className="flow-events" aria-label={t('flows.sim.heard')} tabIndex={0} data-testid="sim-events" aria-live="polite">
          {of !== document && <li className="flow-event-stale text-amber">{t('flows.sim.stale')}</li>}
          <li>
            <time>0:00</time>
            <Icon name="phone" size={14} />
            <span>
              {t('flows.sim.arrived')} {setting.ani}
            </span>
          </li>
          {told(simulation.events).map((event, place) => (
            // Events are only ever added at the end.
            // oxlint-disable-next-line react/no-array-index-key
            <li key={place} data-kind={event.kind}>
              <time>{eventTime(event)}</time>
              <Icon name={event.kind === 'step' ? (looks[(event.flow ? undefined : document.nodes[event.node]?.kind) ?? 'flow']?.icon ?? 'flow') : eventIcons[event.kind]} size={14} />
              <EventText event={event} name={name} />
            </li>
          ))}
          {simulation.waiting && (
            <li className="flow-event-now" data-testid="sim-waiting">
              <time />
              <Icon name="clock" size={14} />
              <b>{t(simulation.waiting.kind === 'record' ? 'flows.sim.recording' : 'flows.sim.waiting', { seconds: Math.ceil(simulation.waiting.seconds) })}</b>
            </li>
          )}
          {ended && (
            <li className="flow-event-now" data-testid="sim-ended">
              <time />
              <Icon name="checkCircle" size={14} />
              <b>{t(`flows.sim.ended.${reason ?? ended.outcome}`, { queue: words.queue(ended.queue ?? ''), defaultValue: ended.outcome })}</b>
            </li>
          )}
        </ol>
      )}
      {simulation && (
        // It scrolls: keys reach what is out of sight.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <section className="flow-variables" aria-label={t('flows.sim.variables')} tabIndex={0}>
          <h3 className="flow-variables-title">{t('flows.sim.variables')}</h3>
          {variables.length === 0 && <p className="muted">{t('flows.sim.noVariables')}</p>}
          <dl>
            {variables.map(([variable, value]) => (
              <div key={variable}>
                <dt title={variable}>{variable}</dt>
                <dd title={value}>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      <div className="flow-pad" role="group" aria-label={t('flows.sim.keypad')}>
        {pad.map((key) => (
          <button key={key} type="button" disabled={!live || busy} data-testid={`sim-key-${key}`} onClick={() => input({ keys: key })}>
            {key}
          </button>
        ))}
      </div>
      {speech !== null && (
        <form
          className="flow-speech"
          onSubmit={(event) => {
            event.preventDefault()
            if (speech.trim()) input({ words: speech.trim() })
            setSpeech(null)
          }}
        >
          <Input size="small" autoFocus value={speech} maxLength={100} placeholder={t('flows.sim.speakPlaceholder')} aria-label={t('flows.sim.speakPlaceholder')} onChange={({ target }) => setSpeech(target.value)} />
          <Button size="small" htmlType="submit">
            {t('flows.sim.send')}
          </Button>
        </form>
      )}
      <div className="flow-sim-foot">
        <Button size="small" disabled={!live} onClick={() => setSpeech(speech === null ? '' : null)}>
          {t('flows.sim.speak')}
        </Button>
        <Button size="small" disabled={!live || busy} data-testid="sim-silence" onClick={() => input({ silence: true })}>
          {t('flows.sim.silence')}
        </Button>
        <Button size="small" danger disabled={!simulation || ended !== null} icon={<Icon name="hangup" size={14} />} data-testid="sim-hangup" onClick={() => input({ hangup: true })}>
          {t('flows.sim.hangup')}
        </Button>
      </div>
    </section>
  )
}

function EventText({ event, name }: { event: SimulationEvent; name: (node: string, flow?: string) => string }) {
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  const { lookup, ok, hours, choice, key, result, queue } = event.data as Record<string, string | boolean | undefined>
  const more = lookup
    ? t(ok ? 'flows.sim.answered' : 'flows.sim.unanswered', { name: lookupName(String(lookup), words) })
    : hours
      ? t(`flows.exit.${String(hours)}`)
      : choice || key
        ? `${String(key ?? '')} ${String(choice ?? '')}`
        : queue
          ? words.queue(String(queue))
          : result
            ? t(`flows.sim.result.${String(result)}`, { defaultValue: '' })
            : ''
  if (event.kind === 'say') return <span>{t('flows.sum.quoted', { text: event.text })}</span>
  if (event.kind === 'key') return <span>{event.text ? t('flows.sim.pressed', { keys: event.text }) : t('flows.sim.silent')}</span>
  return (
    <span>
      <b className="text-accent">{name(event.node, event.flow)}</b> {more}
    </span>
  )
}
