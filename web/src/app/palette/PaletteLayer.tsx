import { useCallback, useState } from 'react'

import type { AgentDocument, Person } from '@/shared/api/types'
import { useAction } from '@/shared/keys/actions'
import { useCommands } from './commands'
import { Palette } from './Palette'

interface Props {
  person: Person
  agent: AgentDocument | null
  works: boolean
  onSignOut: () => Promise<void>
  onHelp: () => void
}

export function PaletteLayer({ person, agent, works, onSignOut, onHelp }: Props) {
  const [open, setOpen] = useState(false)
  const leave = useCallback(() => void onSignOut(), [onSignOut])
  const commands = useCommands({ person, agent, works, onSignOut: leave, onHelp })
  useAction('palette', () => setOpen((was) => !was))
  return open ? <Palette commands={commands} customers={person.permissions.includes('customers.read')} onClose={() => setOpen(false)} /> : null
}
