import { BaseEdge, type EdgeProps, getBezierPath, getSmoothStepPath } from '@xyflow/react'
import { memo } from 'react'

import { short, widthOf } from './FlowBox'
import type { Line } from './graph'

/** A way from an exit to a node; its name stands where it begins, so that ways to one node stay apart. */
export const FlowLine = memo(function FlowLine({ id, sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition, data, selected }: EdgeProps<Line>) {
  // Handles reach half their width over the edges of their nodes.
  const ends = { sourceX: sourceX - 5, sourceY, sourcePosition, targetX: targetX + 4, targetY, targetPosition }
  // A way back goes round the nodes instead of through them.
  const [path, middleX, middleY] = targetX < sourceX + 20 ? getSmoothStepPath({ ...ends, borderRadius: 10, offset: 24 }) : getBezierPath(ends)
  const walked = data?.walked ?? false
  const look = walked ? 'walked' : selected ? 'selected' : 'plain'
  if (data?.sign && !selected) {
    const label = data.label ? `${short(data.label, 6)} ` : ''
    return (
      <g className="flow-sign" data-testid={`edge-${id}`} data-walked={false} data-sign={data.sign}>
        <title>{`${data.label} → ${data.sign}`}</title>
        <path className="flow-line flow-line-plain react-flow__edge-path" d={`M${sourceX - 5} ${sourceY}h10`} />
        <text className="flow-line-name" x={sourceX + 8} y={sourceY + 4}>
          {label}
          <tspan className="flow-sign-name">→ {short(data.sign, 14 - Math.min(6, widthOf(label)))}</tspan>
          {data.count ? <tspan className="flow-line-count"> {data.count}</tspan> : null}
        </text>
      </g>
    )
  }
  return (
    <>
      <BaseEdge id={id} path={path} className={`flow-line flow-line-${look} ${data?.count === 0 ? 'flow-line-unused' : ''}`} style={data?.thick && look === 'plain' ? { strokeWidth: data.thick } : undefined} markerEnd={`url(#flow-arrow-${look})`} interactionWidth={14} data-testid={`edge-${id}`} data-walked={walked} />
      {data?.label && (
        <text className={`flow-line-name ${walked ? 'flow-line-name-walked' : ''}`} x={sourceX + 4} y={sourceY + 4}>
          {short(data.label)}
        </text>
      )}
      {data?.count !== null && data?.count !== undefined && data.count > 0 && (
        <text className="flow-line-count" x={middleX} y={middleY - 5} textAnchor="middle">
          {data.count}
        </text>
      )}
    </>
  )
})

/** The heads of the arrows, one for each look. */
export function Arrows() {
  return (
    <svg className="flow-arrows" aria-hidden="true">
      <defs>
        {['plain', 'selected', 'walked'].map((look) => (
          <marker key={look} id={`flow-arrow-${look}`} viewBox="0 0 10 10" refX={9} refY={5} markerWidth={9} markerHeight={9} markerUnits="userSpaceOnUse" orient="auto">
            <path d="M0 0L10 5L0 10z" className={`flow-arrow-${look}`} />
          </marker>
        ))}
      </defs>
    </svg>
  )
}
