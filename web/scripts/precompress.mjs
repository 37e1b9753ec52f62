// Writes .br and .gz beside every text asset of the build, so that the server never compresses on the fly.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = new URL('../dist/', import.meta.url).pathname
const textual = /\.(js|css|svg|json|html)$/
const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

let files = 0
for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !textual.test(entry.name)) continue
  const path = join(entry.parentPath, entry.name)
  const bytes = await readFile(path)
  if (bytes.length < 1024) continue
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }
  await writeFile(`${path}.br`, await brotli(bytes, quality))
  await writeFile(`${path}.gz`, await zip(bytes, { level: 9 }))
  files += 1
}
console.log(`precompressed ${files} files`)
