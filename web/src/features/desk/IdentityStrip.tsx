import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { customerNumber, phone } from '@/shared/format/phone'
import { serverNow } from '@/shared/time/clock'
import { Chip } from '@/shared/ui/parts'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { personLine } from '@/shared/ui/person'
import { TenantMark } from '@/shared/ui/TenantMark'

/** Who this is, in two lines that stay whatever page is open below. */
export function IdentityStrip({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const { customer, match, candidates } = interaction
  const number = match === 'withheld' ? '' : phone(customerNumber(interaction))

  if (!customer) {
    return (
      <header className="identity" data-region="identity">
        <div className="identity-line">
          <h1 className="identity-name" data-testid="customer-name">
            {number || t('customer.hiddenNumber')}
          </h1>
          {match === 'several' && (
            <Chip tone="amber" icon="people">
              {t('customer.shared', { count: candidates.length })}
            </Chip>
          )}
          {match === 'new' && (
            <Chip tone="accent" icon="personPlus">
              {t('customer.newNumber')}
            </Chip>
          )}
        </div>
        <div className="identity-line identity-minor">
          <TenantMark contact={interaction} />
          {interaction.queue && <span>{t('why.queue', { queue: interaction.queue.name })}</span>}
          {match === 'several' && <span className="identity-side identity-optional">{t('customer.maskedUntilChosen')}</span>}
        </div>
      </header>
    )
  }

  return (
    <header className="identity" data-region="identity">
      <div className="identity-line">
        <h1 className="identity-name ellipsis" data-testid="customer-name" title={customer.name}>
          {customer.name}
        </h1>
        <span className="identity-person">{personLine(customer, t, serverNow())}</span>
        <CustomerClass value={customer.class} />
        <span className="identity-number">{number}</span>
        <span className="identity-optional">
          <Chip>{t(match === 'chosen' || candidates.length > 1 ? 'customer.chosen' : 'customer.unique')}</Chip>
        </span>
      </div>
      <div className="identity-line identity-minor">
        <TenantMark contact={interaction} />
        <span>{t('customer.no', { no: customer.no })}</span>
        {customer.manager_number && (
          <span className="identity-manager">{t('customer.manager', { number: customer.manager_number })}</span>
        )}
        {customer.address_masked && <span className="ellipsis identity-address">{customer.address_masked}</span>}
        <span className="identity-side">
          {customer.warnings.map((warning) => (
            <Chip key={warning} tone="amber" icon="triangle" title={warning}>
              {warning}
            </Chip>
          ))}
        </span>
      </div>
    </header>
  )
}
