/**
 * One program, run as a process, as worker threads or as a cluster: asks for M-PESA's token through a file store, and
 * prints it. Plain JavaScript, so that it runs under `--frozen-intrinsics`, which no compiler in the process survives.
 *
 * Usage: process-kinds.mjs plain|threads|cluster BASE_URL CONSUMER_KEY CONSUMER_SECRET DIRECTORY SEALING_KEY
 */
import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { keyRing } from '@latchkey/core/seal'
import { TokenManager } from '@latchkey/daraja'

const count = 4
const given = isMainThread ? process.argv.slice(2) : workerData
const [kind, baseUrl, consumerKey, consumerSecret, directory, key] = given

async function token() {
  const ring = keyRing({ keys: [key] })
  const tokens = new TokenManager({
    ...{ consumerKey, consumerSecret, environment: 'sandbox', baseUrl, directory, ring },
  })
  try {
    return await tokens.getToken()
  } finally {
    await tokens.close()
  }
}

if (!isMainThread) {
  parentPort.postMessage(await token())
} else if (kind === 'threads') {
  const file = fileURLToPath(import.meta.url)
  const started = Array.from({ length: count }, () => new Worker(file, { workerData: given }))
  const told = started.map(
    (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)),
  )
  console.log(JSON.stringify(await Promise.all(told)))
} else if (kind === 'cluster' && cluster.isPrimary) {
  cluster.setupPrimary({ args: given })
  const started = Array.from({ length: count }, () => cluster.fork())
  const told = started.map(
    (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject)),
  )
  console.log(JSON.stringify(await Promise.all(told)))
  for (const worker of started) worker.disconnect()
} else if (kind === 'cluster') {
  process.send(await token())
} else {
  console.log(JSON.stringify([await token()]))
}
