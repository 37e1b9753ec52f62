import { Input } from 'antd'
import { useTranslation } from 'react-i18next'

import type { Suggestion } from '@/shared/api/knowledge'
import { Icon } from '@/shared/ui/Icon'
import { Chip, Empty } from '@/shared/ui/parts'

interface Props {
  items: readonly Suggestion[]
  q: string
  onSearch: (q: string) => void
  disabled: boolean
  onPick: (script: string) => void
}

/** All scripts, what suits the contact best first; digits take the first nine. */
export function Picker({ items, q, onSearch, disabled, onPick }: Props) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en'
  return (
    <>
      <Input
        value={q}
        maxLength={100}
        allowClear
        prefix={<Icon name="search" className="muted" />}
        placeholder={t('script.search')}
        aria-label={t('script.search')}
        data-testid="script-search"
        onChange={(event) => onSearch(event.target.value)}
        onKeyDown={(event) => {
          const first = items[0]
          if (event.key === 'Enter' && !event.nativeEvent.isComposing && first) onPick(first.id)
        }}
      />
      {items.length === 0 && <Empty>{t('script.none')}</Empty>}
      <ul className="script-answers script-pick" data-testid="script-list">
        {items.map(({ id, code, name, name_en, version, best, why, followed }, place) => (
          <li key={id}>
            <button type="button" className="script-answer" disabled={disabled} data-testid={`script-${code}`} onClick={() => onPick(id)}>
              <span className="script-digit">{place < 9 ? place + 1 : ''}</span>
              <span className="script-label">{(english && name_en) || name}</span>
              <span className="script-chips">
                {best && <Chip tone="accent">{t('script.best')}</Chip>}
                {!best && why.length > 0 && <Chip>{t(`script.why.${why[0]}`)}</Chip>}
                {followed && (
                  <Chip tone="ok" icon="check">
                    {t('script.followed')}
                  </Chip>
                )}
              </span>
              <span className="script-to">{t('script.version', { version })}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
