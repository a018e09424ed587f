/**
 * How amounts and quantities are stated. Apart from the arithmetic, so that our declarations name no library.
 *
 * @module
 */

/** A number, or exact decimal text such as `"1302.07"`. */
export type Decimal = number | string
