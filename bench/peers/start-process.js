/**
 * A fresh process for the start benchmark: imports one package, then makes its first token, and prints both times.
 * Plain JavaScript, so that nothing but Node starts before the clock does.
 *
 * Arguments: the module to import, and the adapter or nothing. The setting comes as JSON in BENCH_SETTING. Output: one line of JSON, milliseconds.
 *
 * @module
 */
const [specifier, adapterUrl] = process.argv.slice(2)

const importStart = performance.now()
await import(specifier)
const importMs = performance.now() - importStart

let tokenMs = null
if (adapterUrl) {
  const { create } = await import(adapterUrl)
  const parsed = JSON.parse(process.env.BENCH_SETTING)
  const tokenStart = performance.now()
  const instance = create(parsed)
  const result = await instance.get()
  tokenMs = performance.now() - tokenStart
  if (!instance.tokenOf(result)) throw new Error('No token came.')
}
process.stdout.write(`${JSON.stringify({ importMs, tokenMs })}\n`, () => process.exit(0))
