/**
 * An end customer, and the ways in which one pays.
 *
 * @see spec/truphone.md sections 7.7 and 7.8
 * @module
 */
import type { Open } from '@latchkey/http'

/** All free text, the country as well. */
export interface Address {
  readonly streetAddress1?: string | undefined
  readonly streetAddress2?: string | undefined
  readonly city?: string | undefined
  readonly state?: string | undefined
  readonly postCode?: string | undefined
  readonly country?: string | undefined
}

export type CustomerType = 'PERSONAL' | 'BUSINESS'

/** What a customer is described by, when one is created. */
export interface NewCustomer {
  /** Unique for the API client. */
  readonly email: string
  /** @default 'PERSONAL' */
  readonly type?: CustomerType | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  /** Two letters. @default 'EN', set by Truphone */
  readonly language?: string | undefined
  /** ISO 3166-1 alpha-2; some partners must give it. */
  readonly countryOfResidence?: string | undefined
  readonly phoneNumber?: string | undefined
  /** ISO 4217. */
  readonly defaultCurrency?: string | undefined
  readonly verified?: boolean | undefined
  readonly billingAddress?: Address | undefined
  readonly shippingAddress?: Address | undefined
  /** The company's fields belong to `BUSINESS`. */
  readonly companyName?: string | undefined
  readonly companyNumber?: string | undefined
  readonly jobTitle?: string | undefined
}

/** A change: what is left out stays, `null` deletes. An address is replaced as a whole, so give complete ones. */
export type CustomerPatch = { readonly [K in keyof NewCustomer]?: NewCustomer[K] | null | undefined }

/** A customer as Truphone knows it; every field may be absent. */
export interface Customer {
  readonly id?: string
  readonly email?: string
  readonly type?: Open<CustomerType>
  readonly firstName?: string
  readonly lastName?: string
  readonly language?: string
  readonly countryOfResidence?: string
  readonly phoneNumber?: string
  readonly defaultCurrency?: string
  readonly verified?: boolean
  readonly billingAddress?: Address
  readonly shippingAddress?: Address
  readonly companyName?: string
  readonly companyNumber?: string
  readonly jobTitle?: string
  /** The parsed object, unchanged; absent where the answer had none. */
  readonly raw?: unknown
}

/** A stored way to pay. The gateway's token is a secret and is left out. */
export interface PaymentMethod {
  /** Lists leave it out: keep the one that `add` answered. */
  readonly id?: string
  readonly name?: string
  readonly type?: string
  readonly lastDigits?: string
  readonly expiryMonth?: string
  readonly expiryYear?: string
  readonly gateway?: string
}
