import { Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'

import { Spoken } from '@/features/scripts/Spoken'
import { samples } from '@/features/scripts/trial'
import type { OfferTrial } from '@/shared/api/knowledge'
import { Chip } from '@/shared/ui/parts'
import { useMay } from '@/shared/ui/may'
import type { On } from './trial'

/** How it comes out for one customer: made up, or, for who may see customers, one by number. */
export function TryOffer({ on, trial, onChange }: { on: On; trial: OfferTrial | null; onChange: (on: On) => void }) {
  const { t } = useTranslation()
  const sees = useMay()('customers.read')
  return (
    <div className="offer-try" data-testid="offer-try">
      <div className="offer-try-whom">
        <Select value={on.sample} disabled={on.customer.trim() !== ''} aria-label={t('scripts.sample')} options={samples.map((one) => ({ value: one, label: t(`scripts.samples.${one}`) }))} onChange={(sample) => onChange({ ...on, sample })} />
        {sees && <Input value={on.customer} maxLength={50} allowClear placeholder={t('offers.customerNo')} aria-label={t('offers.customerNo')} onChange={(event) => onChange({ ...on, customer: event.target.value })} />}
      </div>
      {trial ? (
        <>
          <p className="offer-try-so">
            <Chip tone={trial.holds ? 'ok' : 'neutral'} icon={trial.holds ? 'check' : 'minusCircle'}>
              {t(trial.holds ? 'offers.fits' : 'offers.fitsNot')}
            </Chip>
            {trial.held_back && (
              <Chip tone="amber" icon="pause">
                {t(`offer.why.${trial.held_back}`)}
              </Chip>
            )}
          </p>
          {trial.parts.length > 0 && <Spoken parts={trial.parts} parts_en={trial.parts_en} quiet />}
        </>
      ) : (
        <p className="line-minor">{t('offers.notTried')}</p>
      )}
    </div>
  )
}
