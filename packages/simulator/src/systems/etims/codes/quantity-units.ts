/**
 * The units of quantity of KRA’s code list (spec/etims.md, section 6.6).
 *
 * @module
 */
import type { CodeRow } from './rows.ts'

/** Class 10, in sort order: 43 rows. */
export const quantityUnits: readonly CodeRow[] = [
  ['4B', 'Pair'],
  ['AV', 'Cap'],
  ['BA', 'Barrel'],
  ['BE', 'Bundle'],
  ['BG', 'Bag'],
  ['BL', 'Block'],
  ['BLL', 'Barrel (petroleum) 158.987 dm³'],
  ['BX', 'Box'],
  ['CA', 'Can'],
  ['CEL', 'Cell'],
  ['CMT', 'Centimetre'],
  ['CR', 'Carat'],
  ['DR', 'Drum'],
  ['DZ', 'Dozen'],
  ['GLL', 'Gallon'],
  ['GRM', 'Gram'],
  ['GRO', 'Gross'],
  ['KG', 'Kilogramme'],
  ['KTM', 'Kilometre'],
  ['KWT', 'Kilowatt'],
  ['L', 'Litre'],
  ['LBR', 'Pound'],
  ['LK', 'Link'],
  ['LTR', 'Litre'],
  ['M', 'Metre'],
  ['M2', 'Square metre'],
  ['M3', 'Cubic metre'],
  ['MGM', 'Milligram'],
  ['MTR', 'Metre'],
  ['MWT', 'Megawatt hour (1000 kWh)'],
  ['NO', 'Number'],
  ['NX', 'Part per thousand'],
  ['PA', 'Packet'],
  ['PG', 'Plate'],
  ['PR', 'Pair'],
  ['RL', 'Reel'],
  ['RO', 'Roll'],
  ['SET', 'Set'],
  ['ST', 'Sheet'],
  ['TNE', 'Tonne (metric)'],
  ['TU', 'Tube'],
  ['U', 'Pieces/item (number)'],
  ['YRD', 'Yard'],
]
