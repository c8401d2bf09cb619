import type { Json } from '../../../manifests/resource';
import { list, mappings, record, string } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { scrapesOf } from '../../../simulate/network/scrapes';
import { goUrl } from '../../../upstream/prometheus/url';
import { operatorObjects } from '../../../world/alertmanager';
import { metricsAdaptersOf } from '../../../world/metrics-adapters';
import { configuredPrometheuses } from '../../../world/prometheus';
import { alertmanagersNamed } from '../../../world/prometheus-alertmanagers';
import { prometheusTargets } from '../../../world/prometheus-targets';
import type { ScrapeOfComponent } from '../../../world/scrape-rights';
import { scrapesOfComponents } from '../../../world/scrape-rights';
import { servedAt } from '../../../world/served-ports';
import type { PodPort } from '../../../world/services';
import { serviceByHost } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (scheme: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web:1.4.0
          ports: [{ name: http, containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /ready, port: http } }
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  podMetricsEndpoints: [{ port: http, scheme: ${scheme} }]
`;

export default check({
  id: 'scrape-answered',
  group: 'monitoring',
  description:
    'what is scraped, or gets alerts, is asked at a port that answers, by the scheme that it speaks and at a path that it has',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/',
  fix: 'set port, scheme and path to those of the target',
  example: {
    broken: manifests('https'),
    fails: ['PodMonitor/shop/web spec.podMetricsEndpoints[0].scheme'],
    fixed: manifests('http'),
  },
  *judge(world) {
    const said = new Set<string>();
    for (const finding of everyFinding(world)) {
      const key = `${world.idOf(finding.resource)} ${finding.path.join('.')} ${finding.message}`;
      if (!said.has(key) && !world.isExternal(finding.resource)) yield finding;
      said.add(key);
    }
  },
});

const DOWN = 'the target is down (up is 0)';
const UNSENT = 'no alert is sent there';

function* everyFinding(world: World): Iterable<Finding> {
  for (const { resource, path, job, target, scheme, metricsPath } of scrapesOf(world)) {
    const at = { resource, path, name: job };
    yield* schemeProblem(world, at, scheme, target, DOWN);
    const { paths } = servedAt(world, target);
    if (paths && metricsPath !== undefined && !paths.are.includes(withoutQuery(metricsPath)))
      yield {
        ...placeOf({ ...at, field: 'path' }, metricsPath),
        message: `${paths.of} shows its metrics at ${paths.are.join(' and ')}, and ${metricsPath} is asked for: ${DOWN}${near(metricsPath, paths.are)}`,
      };
  }
  for (const scrape of scrapesOfComponents(world)) yield* judgeComponent(scrape);
  yield* judgeAlertmanagers(world);
  for (const { workload, url } of metricsAdaptersOf(world)) {
    const read = goUrl(url?.text ?? '');
    const [, host = '', port] = 'problem' in read ? [] : (/^([^:]+)(?::(\d+))?$/.exec(read.host) ?? []);
    if (!url || 'problem' in read || host === '') continue;
    const number = port === undefined ? (read.scheme === 'https' ? 443 : 80) : Number(port);
    const at = { resource: workload.resource, path: url.path, name: String(workload.resource.at(url.path)) };
    for (const target of serviceByHost(world, host, workload.namespace)?.reachedBy(number) ?? [])
      yield* schemeProblem(world, at, read.scheme, target, 'prometheus-adapter gets no values');
  }
}

interface Place {
  readonly resource: Finding['resource'];
  readonly path: Finding['path'];
  /** The job, where it stands in a file. */
  readonly name: string | undefined;
  readonly field?: string;
}

/** The field of an object, if it is written; of a file, the job. */
function placeOf({ resource, path, name, field }: Place, value: unknown): Pick<Finding, 'resource' | 'path' | 'value'> {
  if (typeof resource.at(path) === 'string') return { resource, path, value: name };
  const own = field === undefined ? path : [...path, field];
  return resource.at(own) === undefined ? { resource, path } : { resource, path: own, value };
}

function* schemeProblem(
  world: World,
  at: Place,
  scheme: string | undefined,
  target: PodPort,
  consequence: string,
): Iterable<Finding> {
  const id = `${world.idOf(target.workload.resource)} port ${target.number}`;
  const { tls, silence } = servedAt(world, target);
  if (silence !== undefined) {
    yield {
      ...placeOf({ ...at, field: 'port' }, target.number),
      message: `${id} is asked by HTTP, and ${silence}: ${consequence}`,
    };
    return;
  }
  if (scheme === undefined) return;
  const place = placeOf({ ...at, field: 'scheme' }, scheme);
  if (tls && tls.is !== (scheme === 'https'))
    yield { ...place, message: `${id} is asked by ${scheme}, and ${tls.why}: ${consequence}` };
  const called = target.declared?.name ?? '';
  if (tls || !/^https?(-|$)/.test(called) || called.startsWith('https') === (scheme === 'https')) return;
  yield {
    ...place,
    verdict: 'unknown',
    settledBy: 'program',
    message: `${id} is called ${called} and asked by ${scheme}: whether it takes TLS there is not known, and ${consequence} if they differ; a probe of the port would tell`,
  };
}

function withoutQuery(path: string): string {
  return path.replace(/[?#].*$/, '');
}

/** `pkg/kubelet/server/server.go`, and the metrics of an API server. */
const PATHS = {
  kubelet: ['/metrics', '/metrics/cadvisor', '/metrics/resource', '/metrics/probes', '/metrics/slis'],
  'API server': ['/metrics', '/metrics/slis'],
} as const;

function* judgeComponent({ resource, path, by, of, scheme, url }: ScrapeOfComponent): Iterable<Finding> {
  const at = { resource, path, name: by.replace(/^job /, '') };
  if (scheme !== 'https')
    yield {
      ...placeOf({ ...at, field: 'scheme' }, scheme),
      message: `the ${of} takes TLS alone, and ${by} asks by ${scheme}: ${DOWN}`,
      fix: 'set the scheme https, with the CA and the token of the ServiceAccount',
    };
  const known: readonly string[] = PATHS[of];
  // By way of the API server another program answers.
  if (/^\/apis?\//.test(url) || known.includes(withoutQuery(url))) return;
  yield {
    ...placeOf({ ...at, field: 'path' }, url),
    message: `the ${of} shows its metrics at ${known.join(', ')}, and ${by} asks for ${url}: ${DOWN}${near(url, known)}`,
  };
}

function* judgeAlertmanagers(world: World): Iterable<Finding> {
  for (const kind of ['Prometheus', 'ThanosRuler'])
    for (const by of operatorObjects(world, kind))
      for (const { entry, path, targets } of alertmanagersNamed(world, by)) {
        const scheme = (string(entry['scheme']) || 'http').toLowerCase();
        for (const target of targets)
          yield* schemeProblem(world, { resource: by, path, name: undefined }, scheme, target, UNSENT);
      }
  for (const prometheus of configuredPrometheuses(world)) {
    const told = mappings(record(record(prometheus.configuration.content)?.['alerting'])?.['alertmanagers']);
    for (const { use, file, host, port, text } of prometheusTargets(prometheus)) {
      const scheme = use === 'alerts' ? schemeOf(told, text) : undefined;
      if (use !== 'alerts' || port === undefined) continue;
      const service = serviceByHost(world, host, prometheus.workload.namespace);
      for (const target of service?.reachedBy(port) ?? [])
        yield* schemeProblem(world, { ...file, name: text }, scheme, target, UNSENT);
    }
  }
}

/** The scheme of the entry that names an address. */
function schemeOf(entries: readonly Json[], text: string): string | undefined {
  const entry = entries.find(
    ({ static_configs: groups, dns_sd_configs: lookups }) =>
      mappings(groups).some(({ targets }) => list(targets).includes(text)) ||
      mappings(lookups).some(({ names, port }) => list(names).some((name) => `${name}:${port}` === text)),
  );
  return entry && (string(entry['scheme']) || 'http');
}
