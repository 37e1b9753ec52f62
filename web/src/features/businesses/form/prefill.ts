import { customerNumber, dialable } from '@/shared/format/phone'
import type { InteractionDocument } from '@/shared/api/types'
import type { Values } from '@/shared/drafts/model'
import type { FormSchema } from './schema'

/** What the system knows already, by the names forms use for it. An address is as much of it as an agent may see. */
export function known(interaction: InteractionDocument, account: string | null): Record<string, string> {
  const { customer } = interaction
  const all: Record<string, string | null | undefined> = {
    'customer.name': customer?.name,
    'customer.no': customer?.no,
    'customer.phone': customer?.phones[0] ?? dialable(customerNumber(interaction) ?? ''),
    'customer.address': customer?.address_masked,
    'account.no': account,
  }
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => !!entry[1]))
}

/** What a form begins with, before anybody has touched it. */
export function prefilled(form: FormSchema, facts: Record<string, string>): Values {
  return Object.fromEntries(
    form['x-order'].flatMap((name) => {
      const fact = facts[form.properties[name]?.['x-prefill'] ?? '']
      return fact ? [[name, fact]] : []
    }),
  )
}
