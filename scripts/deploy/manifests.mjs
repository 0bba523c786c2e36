/**
 * The files of deploy/ for others to read, held against what those read them by: Compose's own schema, the strict schemas of
 * Kubernetes, systemd, HAProxy, Helm. What this machine has not is said loudly and passed over.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020.js'
import { parse, parseAllDocuments } from 'yaml'
import { holds, notChecked, passed, programPath, root, run } from './tools.mjs'

const deploy = join(root, 'deploy')
const chart = join(deploy, 'helm', 'consentry')
const sample = join(deploy, 'helm', 'sample-values.yaml')
const kubernetes = { package: 'kubernetes-validate==1.37.0', schemas: 'v1.37.0-local-strict' }
const template = ['template', 'consentry', chart, '--kube-version', '1.37.0']
const compose = 'github.com/compose-spec/compose-go/v2@v2.16.2'

export async function checkManifests(folder) {
  await checkCompose(folder)
  await checkKubernetes(folder)
  checkChart()
  await checkHelm(folder)
  await checkUnits(folder)
  await checkProxy(folder)
}

async function checkCompose(folder) {
  const document = parse(readFileSync(join(deploy, 'compose.yaml'), 'utf8'), { merge: true })
  const services = Object.entries(document.services)
  const secrets = Object.values(document.secrets)
  holds(
    secrets.every(({ file }) => file?.startsWith('./secrets/')),
    'every secret of compose.yaml is a file that is not in the repository',
  )
  for (const [name, service] of services) {
    const told = Object.entries(service.environment ?? {}).filter(([key]) => /SECRET|PASSWORD|_URL|KEY/.test(key))
    for (const [key, value] of told) {
      if (!key.endsWith('_FILE') || !String(value).startsWith('/run/secrets/'))
        throw new Error(`${name} is given ${key} in the open`)
    }
    for (const wanted of ['healthcheck', 'restart', 'logging', 'security_opt']) {
      if (service[wanted] === undefined) throw new Error(`${name} in compose.yaml has no ${wanted}`)
    }
  }
  passed(
    'its services get secrets as files alone, and each has health check, restart, bounded log and no new privileges',
  )
  const nodes = services.filter(([name]) => name.startsWith('node-')).map(([, node]) => node)
  const proxy = document.services.proxy.networks.inside.ipv4_address
  holds(
    nodes.length === 2 && nodes.every(({ environment }) => environment.CONSENTRY_TRUST_PROXY === proxy),
    'both nodes trust the address of the proxy and no network',
  )
  const migrates = document.services.migrate.secrets
  const apart = nodes.every(({ secrets: own }) => !own.some((secret) => migrates.includes(secret)))
  holds(apart && migrates.length === 1, 'the migration has an address of its own and nothing else that is secret')

  if (programPath('go') === undefined) return notChecked('compose.yaml against the schema of Compose', 'no Go')
  const downloaded = await run('go', ['mod', 'download', '-json', compose], { cwd: folder }).catch(() => undefined)
  if (downloaded === undefined)
    return notChecked('compose.yaml against the schema of Compose', 'it cannot be downloaded')
  const { Dir } = JSON.parse(downloaded)
  const schema = JSON.parse(readFileSync(join(Dir, 'schema', 'compose-spec.json'), 'utf8'))
  judge(ajv().compile(schema), document, 'compose.yaml')
  passed('compose.yaml fits the schema of Compose')
}

async function checkKubernetes(folder) {
  const documents = readdirSync(join(deploy, 'kubernetes'))
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => parseAllDocuments(readFileSync(join(deploy, 'kubernetes', name), 'utf8')))
    .map((document) => document.toJS())
  const kinds = documents.map(({ kind }) => kind).sort()
  holds(
    kinds.join() === 'ConfigMap,Deployment,Job,PodDisruptionBudget,Service',
    'Kubernetes gets deployment, service, migration, settings and disruption budget',
  )
  for (const { kind, spec } of documents) {
    if (kind !== 'Deployment' && kind !== 'Job') continue
    const { securityContext: pod, containers, automountServiceAccountToken } = spec.template.spec
    const closed = containers.every(({ securityContext, resources }) => {
      const { readOnlyRootFilesystem, allowPrivilegeEscalation, capabilities } = securityContext
      return (
        readOnlyRootFilesystem &&
        !allowPrivilegeEscalation &&
        capabilities.drop.join() === 'ALL' &&
        resources.limits.memory
      )
    })
    holds(
      closed &&
        pod.runAsNonRoot &&
        pod.seccompProfile.type === 'RuntimeDefault' &&
        automountServiceAccountToken === false,
      `the pods of the ${kind} have no rights and a read-only root`,
    )
  }
  if (programPath('pip') === undefined || programPath('python3') === undefined) {
    return notChecked('the manifests against the schemas of Kubernetes', 'no Python')
  }
  const download = ['download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', folder, kubernetes.package]
  await run('pip', download).catch(() => undefined)
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'))
  if (wheel === undefined)
    return notChecked('the manifests against the schemas of Kubernetes', 'they cannot be downloaded')
  const read = async (name) => {
    const path = `kubernetes_validate/kubernetes-json-schema/${kubernetes.schemas}/${name}.json`
    const script = 'import sys,zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))'
    return JSON.parse(await run('python3', ['-c', script, join(folder, wheel), path]))
  }
  const validator = ajv()
  validator.addSchema(await read('_definitions'), '/api/_definitions.json')
  for (const document of documents) {
    const { kind, apiVersion } = document
    const [version, group] = apiVersion.split('/').reverse()
    const name = [kind.toLowerCase(), ...(group === undefined ? [] : [group]), version].join('-')
    judge(validator.compile(await read(name)), document, `${kind} ${document.metadata.name}`)
  }
  passed('the manifests fit the strict schemas of Kubernetes 1.37')
}

/** The plain manifests are the chart's, made by Helm: who changes the chart makes them anew. */
function checkChart() {
  const text = readFileSync(join(deploy, 'kubernetes', 'README.md'), 'utf8')
  holds(text.includes(chartDigest()), 'deploy/kubernetes is made from the chart as it is (else: npm run deploy:render)')
  const told = new Set(namedReleases())
  const { version } = JSON.parse(readFileSync(join(root, 'server', 'package.json'), 'utf8'))
  if (told.size === 1 && told.has(version)) passed('chart, manifests and documents are of this release')
  else console.log(`*** deploy/ names ${[...told].join(', ')} and the package is ${version}: npm run deploy:render ***`)
}

/** What names the release that it is of. */
export const released = [
  'Dockerfile',
  'README.md',
  'compose.yaml',
  'helm/consentry/Chart.yaml',
  ...['configmap', 'deployment', 'migrate-job', 'pdb', 'service'].map((name) => `kubernetes/${name}.yaml`),
]
export const releaseName = /(?<=consentry[:-]|[vV]ersion: "?)\d+\.\d+\.\d+(?:-[\w.]+)?(?="?$|\.tgz| )/gm

function namedReleases() {
  return released.flatMap((name) => readFileSync(join(deploy, name), 'utf8').match(releaseName) ?? [])
}

/** Of everything that decides what Helm makes, but for the release that the chart is of. */
export function chartDigest() {
  const hash = createHash('sha256')
  const files = [sample, ...['Chart.yaml', 'values.yaml', 'values.schema.json'].map((name) => join(chart, name))]
  const templates = readdirSync(join(chart, 'templates'))
    .sort()
    .map((name) => join(chart, 'templates', name))
  for (const file of [...files, ...templates])
    hash
      .update(`${basename(file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  return hash.digest('hex')
}

async function checkHelm(folder) {
  if (programPath('helm') === undefined)
    return notChecked('the chart by Helm itself', 'no helm; deploy/README.md says with which it was')
  await run('helm', ['lint', '--strict', chart, '--values', sample])
  await renderChart(folder)
  for (const name of readdirSync(join(deploy, 'kubernetes')).filter((entry) => entry.endsWith('.yaml'))) {
    const same = readFileSync(join(deploy, 'kubernetes', name), 'utf8') === readFileSync(join(folder, name), 'utf8')
    if (!same) throw new Error(`deploy/kubernetes/${name} is not what Helm makes of the chart`)
  }
  passed('helm lint finds nothing, and deploy/kubernetes is what Helm makes of the chart')
  const refused = await run('helm', template).then(
    () => '',
    (error) => error.message,
  )
  holds(
    /image.*issuer|don't meet the specifications/s.test(refused),
    'the chart makes nothing without image, issuer, proxy and Secret',
  )
}

/** Writes what Helm makes of the chart with the sample's values, a file for each template. */
export async function renderChart(folder) {
  const made = await run('helm', [...template, '--values', sample, '--namespace', 'consentry'])
  for (const part of made.split(/^---\n/m).filter((text) => text.trim() !== '')) {
    const [, name] = /^# Source: consentry\/templates\/(\S+)$/m.exec(part) ?? []
    writeFileSync(join(folder, name), part.replace(/^# Source: .*\n/m, ''))
  }
}

async function checkUnits(folder) {
  if (programPath('systemd-analyze') === undefined) return notChecked('the units of systemd', 'no systemd-analyze')
  const units = join(deploy, 'systemd')
  const copies = join(folder, 'units')
  mkdirSync(copies)
  const names = readdirSync(units).filter((name) => name.endsWith('.service'))
  // Where a program lies is the one thing that is of another machine.
  for (const name of names) {
    const text = readFileSync(join(units, name), 'utf8')
    const extra = join(units, `${name}.d`)
    const more = existsSync(extra) ? readdirSync(extra).map((file) => readFileSync(join(extra, file), 'utf8')) : []
    writeFileSync(join(copies, name), [text, ...more].join('\n').replaceAll('/usr/bin/node', process.execPath))
  }
  const env = { ...process.env, SYSTEMD_UNIT_PATH: `${copies}:` }
  await run('systemd-analyze', ['verify', '--man=no', ...names.map((name) => join(copies, name))], { env })
  passed('systemd-analyze verify finds nothing in the units')
  for (const name of names) {
    await run('systemd-analyze', ['security', '--offline=true', '--threshold=20', join(copies, name)], { env })
  }
  passed('systemd-analyze security finds little that they may do (below 2 of 10)')
}

async function checkProxy(folder) {
  const haproxy = programPath('haproxy')
  if (haproxy === undefined) return notChecked('the configuration of the proxy', 'no haproxy')
  const pem = join(folder, 'tls.pem')
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${pem}.key`]
  await run('openssl', ['req', '-x509', '-subj', '/CN=localhost', '-days', '2', ...key, '-out', `${pem}.crt`])
  writeFileSync(pem, `${readFileSync(`${pem}.crt`)}${readFileSync(`${pem}.key`)}`)
  const env = { ...process.env, LISTEN_HTTP: '127.0.0.1:8080', LISTEN_HTTPS: '127.0.0.1:8443', TLS_PEM: pem }
  const nodes = { NODE_A: '127.0.0.1:3001', NODE_B: '127.0.0.1:3002' }
  await run(haproxy, ['-c', '-f', join(deploy, 'haproxy', 'haproxy.cfg')], { env: { ...env, ...nodes } })
  passed('HAProxy takes its configuration')
}

function ajv() {
  // Strict mode is about the style of schemas, which are not ours; formats of theirs are not judged.
  return new Ajv2020({ strict: false, allErrors: true, validateFormats: false, logger: false })
}

function judge(validate, document, what) {
  if (validate(document)) return
  const errors = validate.errors
    .slice(0, 5)
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
  throw new Error(`${what} does not fit its schema:\n${errors.join('\n')}`)
}
