import { ReactFlowProvider } from '@xyflow/react'
import { useState } from 'react'

import { ErrorLine, Skeleton } from '@/shared/ui/parts'
import { useFlow } from './api'
import { Drawing } from './Drawing'
import type { FlowWhole } from './types'

/** One flow, drawn: fetched anew whenever it is opened. */
export function Designer({ code, from, onFlow, onGone }: { code: string; from: string | null; onFlow: (code: string) => void; onGone: () => void }) {
  const query = useFlow(code)
  const [first, setFirst] = useState<FlowWhole | null>(null)
  // What was fetched for an earlier visit is out of date.
  if (first === null && query.data && query.isFetchedAfterMount) setFirst(query.data)
  if (query.isError && !first) return <ErrorLine problem={query.error} onRetry={() => void query.refetch()} />
  if (!first) return <Skeleton rows={6} />
  return (
    <ReactFlowProvider>
      <Drawing code={code} first={first} now={query.data ?? first} from={from} onFlow={onFlow} onGone={onGone} />
    </ReactFlowProvider>
  )
}
