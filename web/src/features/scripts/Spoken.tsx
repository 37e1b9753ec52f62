import { useTranslation } from 'react-i18next'

import type { SpokenPart } from '@/shared/api/knowledge'
import './scripts.css'

/** Words to be read aloud; what was filled in is dashed, what nobody knew stands out. */
export function Spoken({ parts, parts_en, quiet = false }: { parts: readonly SpokenPart[]; parts_en: readonly SpokenPart[]; quiet?: boolean }) {
  const { t, i18n } = useTranslation()
  const said = i18n.language === 'en' ? parts_en : parts
  return (
    // What is new is read to those who cannot see it, too.
    <p className="spoken" data-testid="spoken" aria-live={quiet ? undefined : 'polite'}>
      {said.map(({ text, field, missing }, place) =>
        field ? (
          // oxlint-disable-next-line react/no-array-index-key -- parts of a text have nothing else
          <span key={place} className={missing ? 'spoken-missing' : 'spoken-filled'} title={t(`script.field.${field.replace('.', '_')}`)}>
            {text}
          </span>
        ) : (
          text
        ),
      )}
    </p>
  )
}
