import { createContext, useContext } from 'react'

import type { AgentDocument, InteractionDocument, Person } from '@/shared/api/types'

/** What every page of a signed-in person knows. */
export interface Centre {
  person: Person
  agent: AgentDocument | null
  /** My interactions, oldest first. */
  mine: InteractionDocument[]
  selected: InteractionDocument | null
  onSelect: (id: string) => void
}

export const CentreContext = createContext<Centre | null>(null)

export function useCentre(): Centre {
  const centre = useContext(CentreContext)
  if (!centre) throw new Error('useCentre outside Centre')
  return centre
}
