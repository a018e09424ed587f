/**
 * EtimsClient: puts the parts together and nothing else.
 *
 * @see DESIGN section 3, spec/etims.md sections 1.3 and 8.1
 * @module
 */
import { invalidArgument, systemClock } from '@latchkey/core'
import { isObject } from '@latchkey/http'
import type { Resolution, RunOptions } from '@latchkey/http'
import type { Addresses, EnvironmentName } from './auth/addresses.ts'
import { AuthClient } from './auth/auth-client.ts'
import type { OscuConfig, Settings } from './auth/config.ts'
import { createCounters } from './counters/counters.ts'
import type { Counters, CounterKind } from './counters/counters.ts'
import { createDevice, deviceOf, storeDevice } from './device/device.ts'
import type { Device } from './device/device.ts'
import type { StoredDevice } from './device/device-record.ts'
import { ApiException, invalidRequest } from './errors.ts'
import { codeLists, refreshCodeLists } from './operations/code-lists.ts'
import type { StoredCodeLists } from './operations/code-lists.ts'
import type { EtimsAnswers } from './operations/answers.ts'
import { createCaller } from './operations/caller.ts'
import type { Context, Identity } from './operations/context.ts'
import type { Strictness } from './operations/fields.ts'
import { initializeDevice } from './operations/initialize-device.ts'
import type { InitializeOptions } from './operations/initialize-device.ts'
import { settleNumber } from './operations/numbered.ts'
import { checkRequest } from './operations/requests/check.ts'
import type { BranchCustomerRequest, BranchInsuranceRequest, BranchUserRequest } from './operations/requests/branch.ts'
import type { ImportUpdateRequest } from './operations/requests/import.ts'
import type { ItemCompositionRequest, ItemRequest } from './operations/requests/item.ts'
import type { PurchaseRequest } from './operations/requests/purchase.ts'
import type {
  CustomerRequest,
  IdentifiedIncrementalRequest,
  IncrementalRequest,
  InitializeRequest,
  InvoiceDetailsRequest,
} from './operations/requests/reads.ts'
import type { StockIoRequest, StockMasterRequest } from './operations/requests/stock.ts'
import { recoverSale } from './operations/resolve-sale.ts'
import type { Sale } from './operations/resolve-sale.ts'
import { purchaseRow, saveNumbered, stockRow } from './operations/save-numbered.ts'
import type { DocumentOptions, NumberedRow } from './operations/save-numbered.ts'
import { saveNewItem } from './operations/save-item.ts'
import type { SavedItem } from './operations/save-item.ts'
import { saveSale } from './operations/save-sale.ts'
import type { SaleDocument, SavedSale } from './operations/save-sale.ts'
import { operations } from './operations/table.ts'
import type { EtimsOperation, OperationName } from './operations/table.ts'
import type { Envelope } from './operations/envelope.ts'
import type { Unnumbered } from './values/build-parts.ts'

type Answer<Name extends OperationName> = Promise<Envelope<EtimsAnswers[Name]>>

/** Everything that a client's operations share. */
type ClientContext = Context & { readonly device: Device; readonly counters: Counters }

/**
 * KRA's eTIMS OSCU API, with token handling done: the drop-in for the SDKs' class of this name.
 *
 * Methods take KRA's own field names and answer with KRA's envelope on both faces; `001` is an empty result and no
 * error. Requests are checked first, all problems at once. Nothing that changes something is sent twice, apart from the
 * one repeat after a refused token, which proves that nothing was processed.
 *
 * @example
 * ```ts
 * const etims = new EtimsClient(config)
 * const { data } = await etims.selectCodeList({ lastReqDt: '20180101000000' })
 * ```
 * @throws {TypeError} `ERR_INVALID_ARG`: the configuration is wrong. Never shows a value.
 */
export class EtimsClient implements AsyncDisposable {
  readonly #auth: AuthClient
  readonly #own: boolean
  readonly #settings: Settings
  readonly #context: ClientContext
  readonly #strictness: Strictness

  /** @param auth - Shares its token and, where `config` names none, its store. Made from `config` where absent. */
  constructor(config: OscuConfig, auth?: AuthClient) {
    if (auth !== undefined && !(auth instanceof AuthClient)) throw invalidArgument('auth: must be an AuthClient')
    const own = new AuthClient(config)
    this.#auth = auth ?? own
    this.#own = auth === undefined
    const settings = own.settings
    const { services } = settings
    const shared = services.store === undefined && auth !== undefined ? auth.settings.services : services
    const { clock = systemClock, random, validation = 'js-compat' } = services
    const { store, ring, plaintext = false } = shared
    const { environment, addresses } = settings
    const identity: Identity = { environment, ...settings.device() }
    const place = { ...identity, apiBase: addresses.apiBaseUrl.href }
    const keeping = store && { store, ring, plaintext }
    const device = createDevice({ place, clock, keeping })
    const call = createCaller({
      settings,
      identity,
      source: settings.credentials || this.#auth.hasCredentials ? this.#auth.tokenSource : undefined,
      cmcKey: async () => settings.cmcKey() ?? device.known()?.cmcKey ?? (keeping && (await storedKey(device))),
    })
    this.#settings = settings
    this.#strictness = validation
    this.#context = {
      ...{ identity, clock, keeping, device, call },
      counters: createCounters({ place, clock, keeping, random }),
    }
  }

  /** The engine, for `authorizedFetch` or a second client. @throws {ApiException} There are no credentials. */
  get tokenSource(): AuthClient['tokenSource'] {
    return this.#auth.tokenSource
  }

  get environment(): EnvironmentName {
    return this.#settings.environment
  }

  /** Where requests go. */
  get addresses(): Addresses {
    return this.#settings.addresses
  }

  // The device.

  /**
   * Operation 1, as the SDKs have it. With a store the key is kept, as {@link EtimsClient.initializeDevice} does; without
   * one it is yours to keep, and this client uses it from now on. Never repeat it.
   */
  async selectInitOsdcInfo(data: InitializeRequest, run?: RunOptions): Answer<'initializeDevice'> {
    const body = this.#check(operations.initializeDevice, data)
    const { tin, bhfId } = this.#context.identity
    const same = data.tin === tin && data.bhfId === bhfId
    if (!same || this.#context.keeping === undefined) {
      const envelope = (await this.#context.call(operations.initializeDevice, body, run)) as Envelope<
        EtimsAnswers['initializeDevice']
      > // As the table has it.
      const info = envelope.data?.info
      if (same && info) this.#context.device.learn({ ...info, tin, bhfId }, true)
      return envelope
    }
    const info = await initializeDevice(this.#context, { dvcSrlNo: data.dvcSrlNo }, run).catch(asInstalled)
    return { resultCd: '000', resultMsg: 'Successful', data: { info } } as unknown as Envelope<
      EtimsAnswers['initializeDevice']
    > // The block as KRA issued it.
  }

  /** Initializes the device once and stores what KRA issues. See {@link initializeDevice}. */
  initializeDevice(device: { readonly dvcSrlNo: string }, options?: InitializeOptions): Promise<StoredDevice> {
    return initializeDevice(this.#context, device, this.#within(options))
  }

  /** Stores a device credential that you have already. See {@link storeDevice}. */
  storeDevice(
    info: Readonly<Record<string, unknown>>,
    options?: { readonly replace?: boolean | undefined },
  ): Promise<StoredDevice> {
    return storeDevice(this.#context, info, options)
  }

  /**
   * The device's credential as it is stored.
   *
   * @throws {LatchkeyError} `ETIMS_DEVICE_UNKNOWN`: none was initialized or stored here.
   */
  device(): Promise<StoredDevice> {
    return deviceOf(this.#context)
  }

  // Basic data.

  selectCodeList(data: IncrementalRequest, run?: RunOptions): Answer<'codeList'> {
    return this.#send('codeList', data, run)
  }

  selectItemClasses(data: IncrementalRequest, run?: RunOptions): Answer<'itemClasses'> {
    return this.#send('itemClasses', data, run)
  }

  selectCustomer(data: CustomerRequest, run?: RunOptions): Answer<'customerLookup'> {
    return this.#send('customerLookup', data, run)
  }

  selectNoticeList(data: IncrementalRequest, run?: RunOptions): Answer<'notices'> {
    return this.#send('notices', data, run)
  }

  selectTaxpayerInfo(data: IdentifiedIncrementalRequest, run?: RunOptions): Answer<'taxpayerInfo'> {
    return this.#send('taxpayerInfo', data, run)
  }

  /** The code lists: those of the store where they were refreshed, else the specification's. */
  codeLists(): Promise<StoredCodeLists> {
    return codeLists(this.#context)
  }

  /** Reads what changed in KRA's code lists, and keeps it in the store. */
  refreshCodeLists(run?: RunOptions): Promise<StoredCodeLists> {
    return refreshCodeLists(this.#context, run)
  }

  // Branches.

  selectBranches(data: IncrementalRequest, run?: RunOptions): Answer<'branchList'> {
    return this.#send('branchList', data, run)
  }

  selectCustomerList(data: IdentifiedIncrementalRequest, run?: RunOptions): Answer<'customerList'> {
    return this.#send('customerList', data, run)
  }

  saveBranchCustomer(data: BranchCustomerRequest, run?: RunOptions): Answer<'saveBranchCustomer'> {
    return this.#send('saveBranchCustomer', data, run)
  }

  saveBranchUser(data: BranchUserRequest, run?: RunOptions): Answer<'saveBranchUser'> {
    return this.#send('saveBranchUser', data, run)
  }

  saveBranchInsurance(data: BranchInsuranceRequest, run?: RunOptions): Answer<'saveBranchInsurance'> {
    return this.#send('saveBranchInsurance', data, run)
  }

  // Items and imports.

  /** Operation 12. Without `itemCd` it is a new item under the next number; see {@link saveNewItem}. */
  async saveItem(data: Unnumbered<ItemRequest, 'itemCd'>, run?: RunOptions): Answer<'saveItem'> {
    if (data.itemCd !== undefined) return this.#send('saveItem', data, run)
    const { envelope } = await this.saveNewItem(data, run)
    return (envelope ?? { resultCd: '000', resultMsg: 'Successful', data: null }) as Envelope<null> // As the table has it.
  }

  /** Registers a new item and answers with its code. See {@link saveNewItem}. */
  async saveNewItem(data: Unnumbered<ItemRequest, 'itemCd'>, run?: RunOptions): Promise<SavedItem> {
    const { itemCd: _, ...checked } = this.#checkNumbered(operations.saveItem, data, 'itemCd', 'KE2NTNO0000001')
    return saveNewItem(this.#context, checked, this.#within(run))
  }

  selectItems(data: IncrementalRequest, run?: RunOptions): Answer<'itemList'> {
    return this.#send('itemList', data, run)
  }

  saveItemComposition(data: ItemCompositionRequest, run?: RunOptions): Answer<'saveItemComposition'> {
    return this.#send('saveItemComposition', data, run)
  }

  selectImportedItems(data: IncrementalRequest, run?: RunOptions): Answer<'importList'> {
    return this.#send('importList', data, run)
  }

  updateImportedItem(data: ImportUpdateRequest, run?: RunOptions): Answer<'updateImport'> {
    return this.#send('updateImport', data, run)
  }

  // Sales.

  /** Operation 17. Without `invcNo` the next number of the shared counter is taken; see {@link saveSale}. */
  async saveSalesTransaction(data: SaleDocument, run?: RunOptions): Answer<'saveSale'> {
    const { envelope, trdInvcNo: _t, invcNo: _i, ...receipt } = await this.saveSale(data, run)
    const answered = envelope ?? { resultCd: '000', resultMsg: 'Successful', data: receipt }
    return answered as Envelope<EtimsAnswers['saveSale']> // As the table has it.
  }

  /** Has a sale or a credit note signed, under the next number. See {@link saveSale}. */
  async saveSale(data: SaleDocument, run?: RunOptions): Promise<SavedSale> {
    return saveSale(this.#context, this.#checkNumbered(operations.saveSale, data, 'invcNo'), this.#within(run))
  }

  /** Finds out what became of a sale by the trader's number, after a restart. See {@link recoverSale}. */
  recoverSale(trdInvcNo: string, run?: RunOptions): Promise<Resolution<Sale>> {
    return recoverSale(this.#context, trdInvcNo, this.#within(run))
  }

  selectSalesTransactions(data: IdentifiedIncrementalRequest, run?: RunOptions): Answer<'salesList'> {
    return this.#send('salesList', data, run)
  }

  selectInvoiceDetails(data: InvoiceDetailsRequest, run?: RunOptions): Answer<'invoiceDetails'> {
    return this.#send('invoiceDetails', data, run)
  }

  // Purchases.

  selectPurchases(data: IdentifiedIncrementalRequest, run?: RunOptions): Answer<'purchaseFeed'> {
    return this.#send('purchaseFeed', data, run)
  }

  /** Operation 21. Without `invcNo` the next number of the shared counter is taken. */
  savePurchase(data: Unnumbered<PurchaseRequest, 'invcNo'>, options?: DocumentOptions): Answer<'savePurchase'> {
    return this.#saveNumbered(purchaseRow, data, options)
  }

  // Stock.

  selectStockMovement(data: IdentifiedIncrementalRequest, run?: RunOptions): Answer<'stockMovements'> {
    return this.#send('stockMovements', data, run)
  }

  /** Operation 23. Without `sarNo` the next number of the shared counter is taken. */
  saveStockIO(data: Unnumbered<StockIoRequest, 'sarNo'>, options?: DocumentOptions): Answer<'saveStockIO'> {
    return this.#saveNumbered(stockRow, data, options)
  }

  saveStockMaster(data: StockMasterRequest, run?: RunOptions): Answer<'saveStockMaster'> {
    return this.#send('saveStockMaster', data, run)
  }

  /** Decides by hand about a number that is held. See {@link settleNumber}. */
  settleNumber(kind: Exclude<CounterKind, 'sale'>, number: number, accepted: boolean): Promise<void> {
    return settleNumber(this.#context, kind, number, accepted)
  }

  /** Closes the `AuthClient` that this client made. One that was passed in stays open. */
  async close(): Promise<void> {
    if (this.#own) await this.#auth.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #send<Name extends OperationName>(name: Name, data: object, run: RunOptions | undefined): Answer<Name> {
    const operation: EtimsOperation = operations[name]
    const envelope = await this.#context.call(operation, this.#check(operation, data), run)
    return envelope as Envelope<EtimsAnswers[Name]> // As the table has it.
  }

  /** @throws {ValidationException} */
  #check(operation: EtimsOperation, data: unknown): object {
    const checked = checkRequest(operation, data, this.#strictness, this.#context.clock.wall())
    if (checked.issues.length > 0) throw invalidRequest(operation.call, checked.issues)
    return checked.data
  }

  async #saveNumbered(row: NumberedRow, data: object, options: DocumentOptions | undefined): Promise<Envelope<null>> {
    const body = this.#checkNumbered(row.operation, data, row.field)
    const { envelope } = await saveNumbered(this.#context, row, body, this.#within(options))
    return (envelope ?? { resultCd: '000', resultMsg: 'Successful', data: null }) as Envelope<null> // As the table has it.
  }

  /** The client's own limit, where the call has none. */
  #within<Options extends RunOptions>(options: Options | undefined): Options & RunOptions {
    const { deadlineMs } = this.#settings.services
    return { ...(deadlineMs !== undefined && { deadlineMs }), ...options } as Options & RunOptions // Its own members.
  }

  /** A document whose number may be missing is checked as if it had one. */
  #checkNumbered<Document extends object>(
    operation: EtimsOperation,
    data: Document,
    field: string,
    standIn: unknown = 1,
  ): Document {
    const given: unknown = isObject(data) ? data[field] : undefined
    const body = this.#check(operation, isObject(data) && given === undefined ? { ...data, [field]: standIn } : data)
    return { ...body, ...(given === undefined && { [field]: undefined }) } as Document // Checked just above.
  }
}

/** The stored key; a device that is not initialized has none, and KRA says so (`900`). */
async function storedKey(device: Device): Promise<string | undefined> {
  try {
    return (await deviceOf({ device })).cmcKey
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ETIMS_DEVICE_UNKNOWN') return undefined
    throw error
  }
}

/** `902` as the SDKs throw it, with what to do. */
function asInstalled(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ETIMS_DEVICE_ALREADY_INITIALIZED') throw error
  const message = `Server Error (902): This device is installed. ${(error as Error).message}` // As asked above.
  throw new ApiException(message, 500, '902', undefined, { code, kind: 'device' })
}
