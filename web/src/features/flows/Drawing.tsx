import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useReducer, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { api } from '@/shared/api/client'
import { useAction as useRequest } from '@/shared/api/lists'
import { usePlaceKeys } from '@/shared/keys/placeKeys'
import { clock } from '@/shared/time/format'
import { useMay } from '@/shared/ui/may'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { toast } from '@/shared/ui/toasts'
import { AddMenu } from './AddMenu'
import { useLive, useTraffic } from './api'
import { useAround } from './useAround'
import { Canvas } from './Canvas'
import { Checks } from './Checks'
import { sorted } from './checks'
import { Compare } from './Compare'
import { WordsContext } from './context'
import { Head } from './Head'
import { added, changed, connected, free, neighbour, pasted, removed, sameContent } from './document'
import type { Mark } from './graph'
import { begun, history } from './history'
import { HotSpots } from './HotSpots'
import { openExits } from './kinds'
import { layout, placed } from './layout'
import { FlowForm, NodeForm } from './NodeForm'
import { Palette } from './Palette'
import { withOpenExits } from './problems'
import { type Period, today } from './period'
import { PublishDialog } from './PublishDialog'
import { Rates } from './Rates'
import { useSaving } from './saving'
import { type Setting, Simulator } from './Simulator'
import { TrafficBar } from './TrafficBar'
import type { Comparison, FlowDocument, FlowNode, FlowProblem, FlowWhole, Kind, Place, Simulation } from './types'
import { useCanvasKeys } from './useKeys'
import { Versions } from './Versions'
import { walked, walkedEdges } from './walk'

export type Panel = 'node' | 'settings' | 'simulate' | 'versions' | 'compare' | 'traffic'

const documentOf = (flow: FlowWhole): FlowDocument => placed((flow.draft ?? flow.published)?.document ?? { id: flow.code, version: 1, name: flow.name, start: '', handlers: { failed: '', error: '' }, nodes: {} })

/** As it is wanted: the document, and how the screen stands around it. */
export function Drawing({ code, first, now, from, onFlow, onGone }: { code: string; first: FlowWhole; now: FlowWhole; from: string | null; onFlow: (code: string) => void; onGone: () => void }) {
  const { t } = useTranslation()
  const may = useMay()
  const writable = may('flows.write')
  const queries = useQueryClient()
  const path = `/flows/${code}`
  const [state, act] = useReducer(history, first, (flow) => begun(documentOf(flow)))
  const document = state.present
  const saver = useSaving(path, document, { rev: first.rev, at: first.draft?.saved_at ?? null })
  const { keeper } = saver
  const [panel, setPanel] = useState<Panel | null>(null)
  const [chosen, setSelected] = useState<string | null>(null)
  // A node that undo has taken away is not selected any more.
  const selected = chosen !== null && document.nodes[chosen] ? chosen : null
  const [edge, setEdge] = useState<string | null>(null)
  const [look, setLook] = useState<{ node: string; turn: number } | null>(null)
  const [fit, setFit] = useState(0)
  const [adding, setAdding] = useState(false)
  const [publishing, setPublishing] = useState(false)
  const [against, setAgainst] = useState<number | null>(null)
  const [period, setPeriod] = useState<Period | null>(null)
  const [setting, setSetting] = useState<Setting>({ ani: '13800000001', language: 'zh-CN', channel: 'voice', at: '' })
  const [trial, setTrial] = useState<{ simulation: Simulation; of: FlowDocument } | null>(null)
  const [at, setAt] = useState<number | null>(null)
  const copied = useRef<{ name: string; node: FlowNode } | null>(null)

  const { around, words, flows } = useAround(code)

  // A flow without a draft is looked through once; drafts come with what was found when they were saved.
  const looked = useQuery({
    queryKey: ['/flows/check', code],
    queryFn: () => api.post<{ problems: FlowProblem[] }>('/flows/check', { document: documentOf(first) }),
    staleTime: 0,
    gcTime: 0,
    enabled: first.draft === null && writable,
  })
  const said = saver.problems ?? first.draft?.problems ?? looked.data?.problems
  const problems = useMemo(() => sorted(withOpenExits(document, said ?? [])), [document, said])
  const errors = problems.filter(({ severity }) => severity === 'error').length

  const dirty = useMemo(() => now.published === null || !sameContent(document, placed(now.published.document)), [document, now.published])
  const change = useCallback((next: FlowDocument, of?: string) => act({ type: 'change', document: next, ...(of ? { of } : {}) }), [])
  /** What is shown on the whole canvas needs it in sight beside the panel. */
  const open = (next: Panel) => {
    setPanel(panel === next ? null : next)
    if (panel === null && (next === 'simulate' || next === 'compare')) setFit((before) => before + 1)
  }
  const select = useCallback(
    (node: string | null, line: string | null = null) => {
      setSelected(node)
      setEdge(line)
      if (node) setLook((before) => ({ node, turn: (before?.turn ?? 0) + 1 }))
      if (node) setPanel((before) => (before === 'simulate' || before === 'compare' || before === 'traffic' ? before : 'node'))
      else setPanel((before) => (before === 'node' ? null : before))
    },
    [],
  )
  const show = (node: string, properties = false) => {
    setSelected(node)
    setEdge(null)
    setLook((before) => ({ node, turn: (before?.turn ?? 0) + 1 }))
    if (properties) setPanel('node')
  }
  const add = (kind: Kind, place?: Place) => {
    const left = selected ? document.nodes[selected] : undefined
    const exit = selected ? openExits(document, selected)[0] : undefined
    const beside: Place = left?.at ? [left.at[0] + 260, left.at[1]] : [60, 100]
    const { document: next, name } = added(document, kind, place ?? free(document, beside), exit && !place ? { node: selected as string, exit: exit.id } : undefined)
    change(next)
    show(name, true)
    setAdding(false)
  }
  const remove = () => {
    if (!writable) return
    if (edge) {
      const dot = edge.indexOf('.')
      change(connected(document, edge.slice(0, dot), edge.slice(dot + 1), ''))
      setEdge(null)
    } else if (selected) {
      change(removed(document, [selected]))
      select(null)
    }
  }
  const copy = () => {
    const node = selected ? document.nodes[selected] : undefined
    if (selected && node) copied.current = { name: selected, node }
  }
  const paste = () => {
    if (!copied.current || !writable) return
    const { document: next, name } = pasted(document, copied.current.name, copied.current.node)
    change(next)
    copied.current = { name, node: next.nodes[name] as FlowNode }
    show(name, true)
  }
  const nextProblem = (by: 1 | -1 = 1) => {
    if (problems.length === 0) return
    const place = at === null ? (by > 0 ? 0 : problems.length - 1) : (at + by + problems.length) % problems.length
    showProblem(place)
  }
  const showProblem = (place: number) => {
    setAt(place)
    const node = problems[place]?.node
    if (node && document.nodes[node]) show(node, true)
    else {
      setSelected(null)
      setPanel('settings')
    }
  }
  const arrange = () => {
    const places = layout(document)
    change(Object.entries(places).reduce((one, [name, place]) => changed(one, name, { at: place }), document))
  }

  const openProperties = () => {
    setPanel('node')
    requestAnimationFrame(() => window.document.querySelector<HTMLElement>('.flow-form input, .flow-form button')?.focus())
  }
  /** A node that walks another flow opens that one; any other its properties. */
  const openNode = (name: string | null) => {
    const other = name === null ? undefined : document.nodes[name]?.['flow']
    if (typeof other === 'string' && flows.some((one) => one.code === other)) onFlow(other)
    else openProperties()
  }

  useCanvasKeys((key) => {
    if (publishing || adding) return false
    if (key === 'A' && writable) setAdding(true)
    else if (key === 'F8') nextProblem()
    else if (key === 'Shift+F8') nextProblem(-1)
    else if (key === 'Ctrl+Z') act({ type: 'undo' })
    else if (key === 'Ctrl+Shift+Z' || key === 'Ctrl+Y') act({ type: 'redo' })
    else if (key === 'Ctrl+C' && selected) copy()
    else if (key === 'Ctrl+V' && copied.current) paste()
    else if ((key === 'Delete' || key === 'Backspace') && (selected || edge)) remove()
    else if (key === 'Enter' && selected) openNode(selected)
    else if (key === 'Escape' && (selected || edge || panel)) select(null)
    else if (key === 'ArrowLeft' || key === 'ArrowRight' || key === 'ArrowUp' || key === 'ArrowDown') {
      const to = selected && document.nodes[selected] ? neighbour(document, selected, key) : document.start
      if (to && document.nodes[to]) show(to)
    } else return false
    return true
  })
  usePlaceKeys(
    useMemo(
      () => [
        ...(writable ? ([['A', 'flows.key.add']] as const) : []),
        ['F8', 'flows.key.next'],
        ...(panel === 'simulate' ? ([['0–9', 'flows.key.keypad']] as const) : ([['↑↓←→', 'flows.key.walk']] as const)),
        ['Enter', 'flows.key.open'],
        ['Ctrl Z', 'flows.key.undo'],
      ],
      [writable, panel],
    ),
  )
  const { busy, problem, run } = useRequest('/flows')
  const reload = useCallback(async () => {
    const fresh = await api.get<FlowWhole>(path)
    const next = documentOf(fresh)
    queries.setQueryData([path], fresh)
    keeper.adopt(next, fresh.rev, fresh.draft?.saved_at ?? null, fresh.draft?.problems ?? [])
    act({ type: 'reset', document: next })
    return fresh
  }, [keeper, path, queries])
  const publish = async (note: string) => {
    const rev = await keeper.flush()
    if (rev === null) return
    const done = await run(() => api.post<{ version: number }>(`${path}/publish`, { rev, note }))
    if (!done.ok) return
    setPublishing(false)
    toast(t('flows.publish.done', { version: done.value.version }), 'ok')
    const fresh = await api.get<FlowWhole>(path)
    queries.setQueryData([path], fresh)
    keeper.adopt(document, fresh.rev, null, problems.filter(({ severity }) => severity === 'warning'))
    setAgainst(null)
    setPanel((before) => (before === 'compare' ? null : before))
  }
  const dropDraft = async () => {
    const done = await run(() => api.delete(`${path}/draft`))
    if (done.ok) await reload()
  }
  const destroy = async () => {
    const done = await run(() => api.delete(path))
    if (!done.ok) return
    toast(t('flows.deleted', { name: first.name }), 'ok')
    onGone()
  }

  const comparing = panel === 'compare' ? against : null
  const saved = saver.at
  const compared = useQuery({
    queryKey: [`${path}/compare`, comparing, saved, now.rev],
    queryFn: async ({ signal }) => api.get<Comparison>(`${path}/compare`, { one: comparing, other: dirty ? 'draft' : String(now.published?.version ?? 'draft') }, signal),
    enabled: comparing !== null && saver.saving.state === 'saved',
    staleTime: 0,
    placeholderData: (before) => before,
  })
  const marks = useMemo((): Record<string, Mark> => {
    if (comparing === null) return {}
    return Object.fromEntries((compared.data?.nodes ?? []).flatMap(({ node, change: how }) => (how === 'removed' ? [] : [[node, how] as const])))
  }, [comparing, compared.data])

  const traffic = useTraffic(code, period)
  const live = useLive(code, period !== null)
  const showTraffic = () => {
    setPeriod(period === null ? today : null)
    if (period === null) {
      setPanel('traffic')
      setFit((before) => before + 1)
    } else if (panel === 'traffic') setPanel(null)
  }
  const simulating = panel === 'simulate' ? (trial?.simulation ?? null) : null
  const way = useMemo(() => (simulating ? walked(simulating, document.nodes) : []), [simulating, document.nodes])
  const steps = useMemo(() => walkedEdges(way), [way])
  const numbers = useMemo(() => flows.find((one) => one.code === code)?.numbers ?? [], [flows, code])

  return (
    <WordsContext.Provider value={words}>
      <div className="flow-page" data-testid="flow-designer" data-saving={saver.saving.state}>
        <Head
          flow={now}
          name={document.name || first.name}
          drafted={dirty}
          saving={saver.saving}
          savedAt={saver.at}
          errors={errors}
          checked={said !== undefined}
          writable={writable}
          panel={panel}
          busy={busy}
          traffic={period !== null}
          canUndo={state.past.length > 0}
          canRedo={state.future.length > 0}
          onUndo={() => act({ type: 'undo' })}
          onRedo={() => act({ type: 'redo' })}
          from={from === null ? null : words.flow(from)}
          onBack={onGone}
          onPanel={open}
          onCompare={() => {
            setAgainst(now.published?.version ?? null)
            open('compare')
          }}
          onTraffic={showTraffic}
          onFirstError={() => showProblem(0)}
          onPublish={() => setPublishing(true)}
          onDrop={() => void dropDraft()}
          onDelete={() => void destroy()}
          onTheirs={() => void reload()}
          onMine={() => void keeper.mine()}
        />
        {problem !== null && !publishing && <ErrorLine problem={problem} />}
        <div className="flow-body" data-panel={panel ? 'open' : undefined}>
          <Palette writable={writable} onAdd={(kind) => add(kind)} />
          <div className="flow-middle" data-region="work">
            {period !== null && <TrafficBar code={code} period={period} traffic={traffic.data} live={live.data} problem={traffic.error ?? live.error} onPeriod={setPeriod} onClose={showTraffic} />}
            <Canvas
              document={document}
              problems={problems}
              path={way}
              here={simulating && !simulating.ended ? (simulating.flow ? (way.at(-1) ?? null) : simulating.node) : null}
              steps={steps}
              marks={marks}
              traffic={period === null ? null : (traffic.data ?? null)}
              live={period === null ? null : (live.data ?? null)}
              numbers={numbers}
              selected={selected}
              selectedEdge={edge}
              writable={writable}
              look={look}
              fit={fit}
              onSelect={select}
              onOpen={openNode}
              onChange={change}
              onDrop={add}
              onArrange={arrange}
            >
              {adding && <AddMenu onAdd={(kind) => add(kind)} onClose={() => setAdding(false)} />}
            </Canvas>
            <Checks document={document} problems={problems} at={saver.at} writable={writable} current={at} onShow={showProblem} onRepair={change} />
          </div>
          {panel && (
            <aside className="flow-panel" data-region="sheet" aria-label={t(`flows.${panel === 'simulate' ? 'sim' : panel === 'node' ? 'panel' : panel}.${panel === 'node' ? 'node' : 'title'}`, { version: against ?? '' })}>
              {panel === 'simulate' ? (
                <Simulator document={document} setting={setting} simulation={trial?.simulation ?? null} of={trial?.of ?? null} onSetting={setSetting} onSimulation={(simulation, of) => {
                    setTrial(simulation && { simulation, of })
                    if (simulation?.node && !simulation.flow) setLook((before) => ({ node: simulation.node, turn: (before?.turn ?? 0) + 1 }))
                  }} />
              ) : (
                <>
                  <header className="flow-panel-head">
                    <h2>{panel === 'node' ? t('flows.panel.node') : t(`flows.${panel}.title`, { version: against ?? '' })}</h2>
                    {panel === 'node' && selected && document.nodes[selected] && <span className="muted">{t(`flows.kind.${document.nodes[selected].kind}`)}</span>}
                    <button type="button" className="icon-button foot-end" aria-label={t('flows.panel.close')} title={t('flows.panel.close')} data-testid="panel-close" onClick={() => setPanel(null)}>
                      <Icon name="close" />
                    </button>
                  </header>
                  <div className="flow-panel-body">
                    {panel === 'node' && (selected ? <NodeForm key={selected} document={document} name={selected} problems={problems} around={around} writable={writable} onChange={change} onRemove={remove} onCopy={() => (copy(), paste())} /> : <p className="muted">{t('flows.panel.none')}</p>)}
                    {panel === 'settings' && <FlowForm document={document} problems={problems} around={around} writable={writable} onChange={change} />}
                    {panel === 'versions' && (
                      <Versions
                        code={code}
                        writable={writable}
                        onCompare={(version) => {
                          setAgainst(version)
                          setPanel('compare')
                        }}
                        onRestored={(one, version) => {
                          toast(t('flows.versions.restored', { one, version }), 'ok')
                          void reload()
                        }}
                      />
                    )}
                    {panel === 'traffic' && (
                      <>
                        <HotSpots document={document} traffic={traffic.data} selected={selected} onShow={(node) => show(node)} />
                        <Rates code={code} period={period ?? today} passed={(traffic.data?.walks ?? 0) > 0} />
                      </>
                    )}
                    {panel === 'compare' && against !== null && <Compare version={against} comparison={compared.data} problem={compared.error} document={document} onShow={(node) => show(node)} />}
                  </div>
                </>
              )}
            </aside>
          )}
        </div>
        {publishing && (
          <PublishDialog
            version={(now.published?.version ?? 0) + 1}
            running={Object.values(now.running ?? {}).reduce((sum, one) => sum + one, 0)}
            warnings={problems.length - errors}
            problem={problem}
            busy={busy}
            onPublish={(note) => void publish(note)}
            onClose={() => setPublishing(false)}
          />
        )}
        <span className="unseen" role="status">
          {saver.saving.state === 'saved' && saver.at ? t('flows.head.saved', { time: clock(saver.at) }) : ''}
        </span>
      </div>
    </WordsContext.Provider>
  )
}
