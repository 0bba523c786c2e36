/**
 * Brings deploy/ to the release of the package, and makes deploy/kubernetes anew from the chart where Helm 3 is on the PATH.
 * Without Helm a chart that has changed in more than its release stays marked as such.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chartDigest, released, releaseName, renderChart } from './manifests.mjs'
import { notChecked, programPath, root } from './tools.mjs'

const deploy = join(root, 'deploy')
const { version } = JSON.parse(readFileSync(join(root, 'server', 'package.json'), 'utf8'))
for (const name of released) {
  const path = join(deploy, name)
  writeFileSync(path, readFileSync(path, 'utf8').replace(releaseName, version))
}
if (programPath('helm') === undefined) notChecked('the manifests by the chart', 'no helm; only the release was changed')
else {
  await renderChart(join(deploy, 'kubernetes'))
  const readme = join(deploy, 'kubernetes', 'README.md')
  writeFileSync(readme, readFileSync(readme, 'utf8').replace(/\b[0-9a-f]{64}\b/, chartDigest()))
}
