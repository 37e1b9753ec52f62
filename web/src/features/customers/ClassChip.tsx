import { Chip } from '@/shared/ui/parts'
import { useClassName } from './reference'

/** Customer class in gold, as the tenant names it; ordinary customers carry no mark. */
export function ClassChip({ value }: { value: string | null | undefined }) {
  const name = useClassName()
  if (!value || value === 'normal' || value === 'standard') return null
  return (
    <Chip tone="gold" icon="crown">
      {name(value)}
    </Chip>
  )
}
