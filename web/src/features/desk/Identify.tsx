import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { customerNumber } from '@/shared/format/phone'
import { Icon } from '@/shared/ui/Icon'
import { ErrorLine } from '@/shared/ui/parts'
import { Candidates } from './Candidates'
import { CustomerSearch } from './CustomerSearch'
import { openTab } from './selection'
import { useChoose } from './useChoose'
import { WhyBox } from './WhyBox'

/** Who is calling: those who share the number, or somebody found by hand. */
export function Identify({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const { candidates, customer, id } = interaction
  const { choose, pending, problem } = useChoose(interaction)
  const many = candidates.length > 1
  const list = many || !customer ? candidates : []
  return (
    <div className="page-scroll">
      {!customer && <WhyBox interaction={interaction} />}
      {list.length > 0 && (
        <>
          <h2 className="page-title">
            {t('identify.possible')}
            <small>{t('identify.possibleHint', { count: list.length })}</small>
          </h2>
          <Candidates cards={list} chosen={customer?.id ?? null} pending={pending} onChoose={(one) => void choose(one)} ani={customerNumber(interaction)} first />
        </>
      )}
      {problem !== null && <ErrorLine problem={problem} />}
      <h2 className="page-title">
        {t(list.length > 0 ? 'identify.noneOfThem' : customer ? 'identify.somebodyElse' : 'identify.find')}
        <small>{t('identify.findHint')}</small>
      </h2>
      <CustomerSearch interaction={interaction} pending={pending} chosen={customer?.id ?? null} onChoose={(one) => void choose(one)} />
      {!customer && (
        <p className="page-links">
          <button type="button" className="link" onClick={() => openTab(id, 'create')}>
            <Icon name="personPlus" size={14} /> {t('identify.create')}
          </button>
        </p>
      )}
      <p className="page-hint">
        <Icon name="info" /> {t(customer ? 'identify.undoHint' : 'identify.afterHint')}
      </p>
    </div>
  )
}
