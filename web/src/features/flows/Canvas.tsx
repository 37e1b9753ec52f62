import { Background, BackgroundVariant, type Connection, type EdgeChange, MiniMap, type NodeChange, ReactFlow, type ReactFlowInstance, useReactFlow, useStore } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { type DragEvent, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { useMedia } from '@/shared/ui/useMedia'
import { Icon } from '@/shared/ui/Icon'
import { useSteady } from './useSteady'
import { WordsContext } from './context'
import { connected, moved, node_width, nodeHeight, step } from './document'
import { ArrivalBox, FlowBox } from './FlowBox'
import { Arrows, FlowLine } from './FlowLine'
import { arrival, arrivalPlace, type Box, boxes, Kept, type Line, lines, type Mark } from './graph'
import { type Exit } from './kinds'
import type { FlowDocument, FlowNode, FlowProblem, Kind, Live, Place, Traffic } from './types'
import { exitName, nameOf } from './words'

const nodeTypes = { flow: FlowBox, arrival: ArrivalBox }
const edgeTypes = { flow: FlowLine }
/** What the palette lets fall upon the canvas. */
export const dragged_kind = 'application/x-yuelai-node'

/** Of more nodes than these only those in sight are drawn. */
const many = 100
const snap: [number, number] = [step, step]
const map_size = { width: 144, height: 70 }
const no_hint = { hideAttribution: true }
const readable = 0.7
const legible = 0.5

interface Props {
  document: FlowDocument
  problems: readonly FlowProblem[]
  path: readonly string[]
  here: string | null
  steps: ReadonlySet<string>
  marks: Readonly<Record<string, Mark>>
  traffic: Traffic | null
  live: Live | null
  numbers: readonly string[]
  selected: string | null
  selectedEdge: string | null
  writable: boolean
  /** Bring this node into sight; a new `turn` asks again. */
  look: { node: string; turn: number } | null
  /** All of it is to be in sight; another number asks again. */
  fit: number
  onSelect: (node: string | null, edge?: string | null) => void
  onOpen: (node: string) => void
  onChange: (document: FlowDocument) => void
  onDrop: (kind: Kind, at: Place) => void
  onArrange: () => void
  children?: ReactNode
}

export function Canvas(props: Props) {
  const { document, problems, path, here, steps, marks, traffic, live, numbers, selected, selectedEdge, writable, look, fit, onSelect, onOpen, onChange, onDrop, onArrange, children } = props
  const { t } = useTranslation()
  const words = useContext(WordsContext)
  const flow = useReactFlow<Box, Line>()
  const zoom = useStore((state) => state.transform[2])
  const [dragged, setDragged] = useState<Record<string, Place>>({})
  const [hovered, setHovered] = useState<string | null>(null)
  const still = useMedia('(prefers-reduced-motion: reduce)')
  const size = Object.keys(document.nodes).length
  const large = size > 12
  const passed = useMemo(() => new Set(path), [path])
  const [kept] = useState(() => ({ boxes: new Kept<Box>(), lines: new Kept<Line>() }))
  const nodes = useMemo(
    () => boxes(document, { problems, path: passed, here, marks, traffic, live, selected, dragged, numbers, writable }, kept.boxes),
    [kept, document, problems, passed, here, marks, traffic, live, selected, dragged, numbers, writable],
  )
  const edges = useMemo(
    () =>
      lines(
        document,
        { exit: (exit: Exit, node: FlowNode) => (exit.id.startsWith('choices.') ? (exit.text ?? '') : exitName(exit, node, words)), node: (name) => nameOf(document.nodes[name], name, words) },
        steps,
        traffic,
        new Set([selected, hovered].filter((name) => name !== null)),
        selectedEdge,
        kept.lines,
      ),
    [kept, document, words, steps, traffic, selectedEdge, selected, hovered],
  )

  /** Into the middle, unless it is in sight already. */
  const bring = useCallback(
    (x: number, y: number, height: number) => {
      const box = window.document.querySelector('.flow-canvas')?.getBoundingClientRect()
      const { x: left, y: top, zoom: scale } = flow.getViewport()
      const [sx, sy] = [x * scale + left, y * scale + top]
      // From far off everything is in sight and nothing can be read.
      const inSight = box && scale >= legible && sx > 40 && sy > 50 && sx + node_width * scale < box.width - 60 && sy + height * scale < box.height - 60
      if (!inSight) void flow.setCenter(x + node_width / 2, y + height / 2, { zoom: scale < legible ? readable : scale, duration: still ? 0 : 120 })
    },
    [flow, still],
  )
  const looked = useRef(0)
  useEffect(() => {
    const node = look && document.nodes[look.node]
    if (!node?.at || looked.current === look?.turn) return
    looked.current = look?.turn ?? 0
    const [x, y] = node.at
    settled(() => bring(x, y, nodeHeight(node)))
  }, [look, document, bring])


  const fitted = useRef(fit)
  useEffect(() => {
    if (fitted.current === fit) return
    fitted.current = fit
    settled(() => void seen(flow, document))
  }, [fit, document, flow])

  const onNodesChange = useSteady((changes: NodeChange<Box>[]) => {
    const places: Record<string, Place> = {}
    for (const change of changes) {
      if (change.type === 'position' && change.position && change.id !== arrival) places[change.id] = [Math.round(change.position.x), Math.round(change.position.y)]
    }
    if (Object.keys(places).length === 0) return
    const over = changes.every((change) => change.type !== 'position' || change.dragging === false)
    if (over) {
      setDragged({})
      onChange(moved(document, places))
    } else setDragged((before) => ({ ...before, ...places }))
  })
  const onEdgesChange = useSteady((changes: EdgeChange<Line>[]) => {
    for (const change of changes) if (change.type === 'select' && change.selected) onSelect(null, change.id)
  })
  const onConnect = useSteady(({ source, sourceHandle, target }: Connection) => {
    if (!writable || !target || target === arrival) return
    onChange(source === arrival ? { ...document, start: target } : connected(document, source, sourceHandle ?? 'next', target))
  })
  const clicked = useSteady((_: unknown, { id }: Box) => id !== arrival && onSelect(id))
  const opened = useSteady((_: unknown, { id }: Box) => id !== arrival && onOpen(id))
  const entered = useSteady((_: unknown, { id }: Box) => large && setHovered(id))
  const leftNode = useSteady(() => setHovered(null))
  const paneClicked = useSteady(() => onSelect(null))
  const begun = useSteady((made: ReactFlowInstance<Box, Line>) => void seen(made, document))
  const dropped = (event: DragEvent) => {
    const kind = event.dataTransfer.getData(dragged_kind) as Kind | ''
    if (!kind || !writable) return
    event.preventDefault()
    const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
    onDrop(kind, [x - node_width / 2, y - 30])
  }
  return (
    <div className="flow-canvas" data-testid="flow-canvas" onDragOver={(event) => event.dataTransfer.types.includes(dragged_kind) && event.preventDefault()} onDrop={dropped}>
      <Arrows />
      <ReactFlow<Box, Line>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={onConnect}
        onNodeClick={clicked}
        onNodeDoubleClick={opened}
        onNodeMouseEnter={entered}
        onNodeMouseLeave={leftNode}
        onPaneClick={paneClicked}
        onlyRenderVisibleElements={size > many}
        nodesConnectable={writable}
        edgesFocusable={false}
        nodesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        snapToGrid
        snapGrid={snap}
        connectionRadius={36}
        minZoom={0.2}
        maxZoom={2}
        onInit={begun}
        proOptions={no_hint}
        aria-label={t('flows.canvas.label')}
      >
        <Background variant={BackgroundVariant.Dots} gap={step} size={1.5} className="flow-dots" />
        <MiniMap<Box> className="flow-map" position="bottom-left" pannable zoomable ariaLabel={t('flows.canvas.map')} nodeClassName={onMap} nodeBorderRadius={3} style={map_size} />
      </ReactFlow>
      <p className="flow-crumb">
        <span className="ellipsis">{document.name || document.id}</span> · {t('flows.canvas.count', { count: size })}
      </p>
      <div className="flow-zoom" role="toolbar" aria-label={t('flows.canvas.fit')}>
        {writable && (
          <button type="button" onClick={onArrange}>
            <Icon name="flow" size={15} /> {t('flows.canvas.arrange')}
          </button>
        )}
        <button type="button" aria-label={t('flows.canvas.zoomOut')} title={t('flows.canvas.zoomOut')} onClick={() => void flow.zoomOut()}>
          <Icon name="minus" size={15} />
        </button>
        <button type="button" className="flow-zoom-now" aria-label={`${Math.round(zoom * 100)}%`} onClick={() => void flow.zoomTo(1)}>
          {Math.round(zoom * 100)}%
        </button>
        <button type="button" aria-label={t('flows.canvas.zoomIn')} title={t('flows.canvas.zoomIn')} onClick={() => void flow.zoomIn()}>
          <Icon name="plus" size={15} />
        </button>
        <button type="button" data-testid="flow-fit" onClick={() => void flow.fitView({ padding: 0.08, maxZoom: 1 })}>
          <Icon name="expand" size={15} /> {t('flows.canvas.fit')}
        </button>
      </div>
      {size === 0 && writable && <p className="flow-empty">{t('flows.canvas.empty')}</p>}
      {children}
    </div>
  )
}

/** Once the canvas knows its new size: a panel may just have opened beside it. */
const settled = (act: () => void) => requestAnimationFrame(() => requestAnimationFrame(act))

/** All of a small flow; of a large one its beginning, large enough to be read. */
async function seen(flow: ReactFlowInstance<Box, Line>, document: FlowDocument): Promise<void> {
  await flow.fitView({ padding: 0.08, maxZoom: 1 })
  if (flow.getZoom() >= readable) return
  const { x, y } = arrivalPlace(document)
  const height = window.document.querySelector('.flow-canvas')?.clientHeight ?? 600
  await flow.setViewport({ x: 24 - x * readable, y: height / 2 - (y + 30) * readable, zoom: readable })
}

const onMap = ({ data }: Box): string => `flow-map-node flow-map-${toneOf(data)}`

function toneOf(data: Box['data']): string {
  if (!('errors' in data)) return 'plain'
  const { errors, warnings, walked } = data as { errors: number; warnings: number; walked: string }
  return errors > 0 ? 'error' : warnings > 0 ? 'warning' : walked === 'no' ? 'plain' : 'walked'
}
