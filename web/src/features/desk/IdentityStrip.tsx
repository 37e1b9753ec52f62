import { useTranslation } from 'react-i18next'

import type { InteractionDocument } from '@/shared/api/types'
import { customerNumber, phone } from '@/shared/format/phone'
import { codeText } from '@/shared/i18n'
import { ActionKey } from '@/shared/keys/ActionKey'
import { runAction } from '@/shared/keys/actions'
import { serverNow } from '@/shared/time/clock'
import { Icon } from '@/shared/ui/Icon'
import { Chip } from '@/shared/ui/parts'
import { CustomerClass } from '@/shared/ui/CustomerClass'
import { personLine } from '@/shared/ui/person'
import { TenantMark } from '@/shared/ui/TenantMark'
import { onBehalf, placeText, useNumberPlace, useStanding, verifiedBy } from './identify/useCaller'
import { openTab } from './selection'

const often = 2

/** Who this is, in two lines that stay whatever page is open below. */
export function IdentityStrip({ interaction }: { interaction: InteractionDocument }) {
  return interaction.customer ? <Known interaction={interaction} /> : <Unknown interaction={interaction} />
}

function Unknown({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const { match, candidates, id } = interaction
  const number = match === 'withheld' ? '' : phone(customerNumber(interaction))
  return (
    <header className="identity" data-region="identity">
      <div className="identity-words">
        <div className="identity-line">
          <h1 className="identity-name" data-testid="customer-name">
            {number || t('customer.hiddenNumber')}
          </h1>
          <Place interaction={interaction} optional={match === 'several'} />
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
          <Verified interaction={interaction} />
        </div>
        <div className="identity-line identity-minor">
          <TenantMark contact={interaction} />
          {interaction.queue && <span>{t('why.queue', { queue: interaction.queue.name })}</span>}
          <Marks interaction={interaction} />
          {match === 'several' && <span className="identity-side identity-optional">{t('customer.maskedUntilChosen')}</span>}
        </div>
      </div>
      <div className="identity-acts">
        <button type="button" className="identity-act identity-create" onClick={() => openTab(id, 'create')}>
          <Icon name="plus" size={14} /> {t('strip.create')}
        </button>
        <Business />
      </div>
    </header>
  )
}

function Known({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const { customer, match, candidates, id } = interaction
  if (!customer) return null
  const number = match === 'withheld' ? '' : phone(customerNumber(interaction))
  const chosen = match === 'chosen' || candidates.length > 1
  return (
    <header className="identity" data-region="identity">
      <div className="identity-words">
        <div className="identity-line">
          <h1 className="identity-name ellipsis" data-testid="customer-name" title={customer.name}>
            {customer.name}
          </h1>
          <span className="identity-person">{personLine(customer, t, serverNow())}</span>
          <CustomerClass value={customer.class} />
          <span className="identity-number">{number}</span>
          <span className="identity-optional">
            <Chip>{t(chosen ? 'customer.chosen' : 'customer.unique')}</Chip>
          </span>
          {onBehalf(interaction) && (
            <Chip tone="accent" icon="people">
              {t('strip.onBehalf')}
            </Chip>
          )}
          {chosen && (
            <button type="button" className="link identity-undo" data-testid="choose-again" onClick={() => openTab(id, 'identify')}>
              <Icon name="undo" size={14} /> {t('strip.undo')}
            </button>
          )}
          <Verified interaction={interaction} />
        </div>
        <div className="identity-line identity-minor">
          <TenantMark contact={interaction} />
          <span>{t('customer.no', { no: customer.no })}</span>
          {customer.manager_number && (
            <span className={customer.class === 'vip' ? 'text-gold' : 'identity-manager'}>{t('customer.manager', { number: customer.manager_number })}</span>
          )}
          <Place interaction={interaction} optional />
          {customer.address_masked && <span className="ellipsis identity-address">{customer.address_masked}</span>}
          <span className="identity-side">
            <Marks interaction={interaction} />
            {customer.warnings.map((warning) => (
              <Chip key={warning} tone="amber" icon="triangle" title={warning}>
                {warning}
              </Chip>
            ))}
          </span>
        </div>
      </div>
      <div className="identity-acts">
        <Business />
      </div>
    </header>
  )
}

/** The menu of businesses, by the key it has. */
function Business() {
  const { t } = useTranslation()
  return (
    <button type="button" className="identity-act" data-testid="open-businesses" onClick={() => runAction('business')}>
      <Icon name="plus" size={14} /> {t('strip.business')} <ActionKey id="business" />
    </button>
  )
}

/** `optional`: a small window has no room for it beside what must be seen. */
function Place({ interaction, optional }: { interaction: InteractionDocument; optional: boolean }) {
  const { t, i18n } = useTranslation()
  const text = placeText(useNumberPlace(interaction), i18n.language, (kind) => codeText(t, 'strip.kind', kind))
  return text ? <span className={`identity-place ${optional ? 'identity-optional' : ''}`}>{text}</span> : null
}

function Verified({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const by = verifiedBy(interaction)
  if (by) {
    return (
      <Chip tone="ok" icon="shield">
        {by === true ? t('strip.verified') : t('strip.verifiedBy', { by: codeText(t, 'verifiedBy', by) })}
      </Chip>
    )
  }
  return interaction.match === 'several' ? (
    <Chip tone="amber" icon="shield">
      {t('strip.unverified')}
    </Chip>
  ) : null
}

/** What to apologise for before anything else. */
function Marks({ interaction }: { interaction: InteractionDocument }) {
  const { t } = useTranslation()
  const standing = useStanding(interaction)
  if (!standing) return null
  return (
    <>
      {standing.contacts_lately >= often && (
        <Chip tone="amber" icon="triangle">
          {t('strip.lately', { count: standing.contacts_lately })}
        </Chip>
      )}
      {standing.open_callbacks > 0 && (
        <Chip tone="red" icon="phone">
          {t('strip.owed', { count: standing.open_callbacks })}
        </Chip>
      )}
    </>
  )
}
