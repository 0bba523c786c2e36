/**
 * Whether what is installed and deployed works: the package from its packed file, the image by the Dockerfile's own steps,
 * and the files of deploy/ against their schemas and programs. One line for each check; the first that fails ends the run.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkImage } from './image.mjs'
import { checkManifests } from './manifests.mjs'
import { checkMonitoring } from './monitoring.mjs'
import { checkPackage } from './package.mjs'

const folder = mkdtempSync(join(tmpdir(), 'consentry-deploy-'))
chmodSync(folder, 0o755)
const wanted = process.argv.slice(2)
const checks = { package: checkPackage, image: checkImage, manifests: checkManifests, monitoring: checkMonitoring }
try {
  for (const [name, check] of Object.entries(checks)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    const from = performance.now()
    console.log(`\n${name}`)
    mkdirSync(join(folder, name))
    await check(join(folder, name))
    console.log(`(${Math.round((performance.now() - from) / 1000)} s)`)
  }
} catch (error) {
  console.error(`✗ ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
