import { Keycap } from '../ui/parts'
import { type ActionId, keyText, useKeysOf } from './actions'

/** The keycap of an action, with the key it really has. */
export function ActionKey({ id }: { id: ActionId }) {
  const of = useKeysOf()
  return <Keycap>{keyText(of(id))}</Keycap>
}
