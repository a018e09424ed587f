/**
 * Thirty item classes over the five levels: eight digits on the first four, ten on the fifth, which alone is given
 * to items. The real list has tens of thousands.
 *
 * @see spec/etims.md sections 4.6 and 10
 * @module
 */

/** Code, name, level. */
export const itemClasses: readonly (readonly [itemClsCd: string, itemClsNm: string, itemClsLvl: number])[] = [
  ['10000000', 'Live Plant and Animal Material and Accessories and Supplies', 1],
  ['10100000', 'Live animals', 2],
  ['10101500', 'Livestock', 3],
  ['10101501', 'Cattle', 4],
  ['1010150000', 'Livestock, general', 5],
  ['1010150100', 'Cattle for slaughter', 5],
  ['14000000', 'Paper Materials and Products', 1],
  ['14110000', 'Paper products', 2],
  ['14111400', 'Specialty papers', 3],
  ['14111401', 'Tissue paper', 4],
  ['1411140101', 'Tissue paper in rolls', 5],
  ['31000000', 'Manufacturing Components and Supplies', 1],
  ['31330000', 'Fabricated structural assemblies', 2],
  ['31331300', 'Bonded structural assemblies', 3],
  ['31331306', 'Welded structural assemblies', 4],
  ['3133130600', 'Welded assemblies, general', 5],
  ['50000000', 'Food Beverage and Tobacco Products', 1],
  ['50220000', 'Cereal and pulse products', 2],
  ['50221100', 'Cereals', 3],
  ['50221108', 'Milled cereals', 4],
  ['5022110801', 'Maize flour', 5],
  ['5022110802', 'Wheat flour', 5],
  ['50590000', 'Prepared and general foods', 2],
  ['50596900', 'General merchandise with food', 3],
  ['50596908', 'Table and kitchen merchandise', 4],
  ['5059690800', 'Table and kitchen merchandise, general', 5],
  ['80000000', 'Management and Business Professionals and Administrative Services', 1],
  ['80100000', 'Management advisory services', 2],
  ['80101500', 'Business and corporate management consultation', 3],
  ['8010150001', 'Business consultation', 5],
]
