import { useTranslation } from 'react-i18next'

import { codeText } from '../i18n'
import { Chip } from './parts'

/** Customer class in gold; ordinary customers carry no mark. */
export function CustomerClass({ value, short = false }: { value: string | null | undefined; short?: boolean }) {
  const { t } = useTranslation()
  if (!value || value === 'standard' || value === 'normal') return null
  return (
    <Chip tone="gold" icon="crown">
      {codeText(t, short ? 'classShort' : 'class', value)}
    </Chip>
  )
}
