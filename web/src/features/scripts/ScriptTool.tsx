import { useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { ScriptRun, Suggestions } from '@/shared/api/knowledge'
import type { InteractionDocument } from '@/shared/api/types'
import { keyText, useKeysOf } from '@/shared/keys/actions'
import { useLink } from '@/shared/live/store'
import { Icon } from '@/shared/ui/Icon'
import { Empty, ErrorLine, Keycap, Skeleton } from '@/shared/ui/parts'
import { usePatience } from '@/shared/ui/usePatience'
import { Answers } from './Answers'
import { doEffect } from './effects'
import { digitOf, script_region } from './entry'
import { Picker } from './Picker'
import { useRun, useSuggestions } from './runs'
import { Spoken } from './Spoken'
import './scripts.css'

/** 话术: what to say next in this contact, filled with what is known, and on by a digit. */
export function ScriptTool({ interaction }: { interaction: InteractionDocument | null }) {
  const { t } = useTranslation()
  if (interaction) return <Followed key={interaction.id} interaction={interaction} />
  return (
    <section id={script_region} className="tool script-tool" tabIndex={-1} aria-label={t('script.title')}>
      <Head />
      <div className="tool-scroll">
        <Empty>{t('script.noContact')}</Empty>
      </div>
    </section>
  )
}

function Head({ name, place }: { name?: string; place?: string }) {
  const { t } = useTranslation()
  const keysOf = useKeysOf()
  return (
    <h2 className="tool-head">
      <Icon name="script" className="muted" />
      <span className="ellipsis">{name ? t('script.titleOf', { name }) : t('script.title')}</span>
      {place && (
        <span className="tool-no" data-testid="script-place">
          {place}
        </span>
      )}
      <Keycap>{keyText(keysOf('script'))}</Keycap>
    </h2>
  )
}

/** What is being read: the run, or the beginning of the script that suggests itself. */
function standing(data: Suggestions | undefined): { script: { id: string; name: string; name_en: string; version: number }; step: ScriptRun['step']; run: ScriptRun | null } | null {
  if (data?.running) return { script: { ...data.running, id: data.running.script_id }, step: data.running.step, run: data.running }
  const best = data?.items.find((one) => one.best)
  return best && data?.opening ? { script: best, step: data.opening, run: null } : null
}

function Followed({ interaction }: { interaction: InteractionDocument }) {
  const { t, i18n } = useTranslation()
  const online = useLink().status === 'online'
  const [picking, setPicking] = useState(false)
  const [q, setQ] = useState('')
  const query = useSuggestions(interaction, picking ? q : '')
  const patience = usePatience(query.isPending && query.isFetching)
  const { busy, problem, start, answer, open, back, stop } = useRun(interaction)
  const items = query.data?.items ?? []
  const now = picking ? null : standing(query.data)
  const disabled = busy || !online

  const pick = async (script: string) => {
    if (!disabled && (await start(script))) setPicking(false)
  }
  const choose = async (branch: number | null) => {
    if (!now || disabled) return
    const effect = branch === null ? null : now.step.branches[branch]?.effect
    const done = await (now.run ? answer(now.run.id, now.step.id, branch) : open(now.script.id, now.step.id, branch))
    if (done && effect) doEffect(interaction, effect)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const digit = digitOf(event)
    if (digit !== null) {
      event.preventDefault()
      const item = items[digit - 1]
      if (!now && item) void pick(item.id)
      else if (now && now.step.branches.length === 0 && digit === 1) void choose(null)
      else if (now && digit <= now.step.branches.length) void choose(digit - 1)
    } else if (event.key === 'Backspace' && now?.run && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault()
      if (!disabled) void back(now.run.id)
    }
  }

  const name = now ? (i18n.language === 'en' && now.script.name_en) || now.script.name : undefined
  return (
    // The digits of its answers act wherever in it the focus is.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section id={script_region} className="tool script-tool" tabIndex={-1} aria-label={t('script.title')} data-testid="script-tool" onKeyDown={onKeyDown}>
      <Head name={name} place={now ? t('script.place', { version: now.script.version, number: now.step.number, total: now.step.total }) : undefined} />
      <div className="tool-scroll">
        {now ? (
          <>
            <Spoken parts={now.step.parts} parts_en={now.step.parts_en} />
            <Answers step={now.step} disabled={disabled} onAnswer={(branch) => void choose(branch)} />
            <p className="script-foot">
              {now.run && now.run.read > 1 && (
                <button type="button" className="link" disabled={disabled} data-testid="script-back" onClick={() => now.run && void back(now.run.id)}>
                  {t('script.back')}
                </button>
              )}
              <button type="button" className="link" data-testid="script-other" onClick={() => setPicking(true)}>
                {t('script.other')}
              </button>
              {now.run && (
                <button type="button" className="link" disabled={disabled} data-testid="script-stop" onClick={() => now.run && void stop(now.run.id)}>
                  {t('script.stop')}
                </button>
              )}
            </p>
          </>
        ) : (
          <>
            {query.isPending && patience !== 'none' && <Skeleton rows={3} />}
            {query.isError && !query.data && <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />}
            {query.data && <Picker items={items} q={q} onSearch={(text) => (setPicking(true), setQ(text))} disabled={disabled} onPick={(script) => void pick(script)} />}
            {picking && standing(query.data) && (
              <p className="script-foot">
                <button type="button" className="link" onClick={() => setPicking(false)}>
                  {t('script.goBack')}
                </button>
              </p>
            )}
          </>
        )}
        {problem !== null && <ErrorLine problem={problem} />}
      </div>
    </section>
  )
}
