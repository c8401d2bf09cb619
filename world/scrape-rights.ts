import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, record, string, strings } from '../manifests/resource';
import { isSet } from '../upstream/prometheus/form';
import { operatorObjects } from './alertmanager';
import { monitorsOf, namespacesOfMonitor, servicesOfMonitor } from './monitors';
import { selectionsOfObject } from './operator-selection';
import { configuredPrometheuses } from './prometheus';
import type { World } from './world';

export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** A scrape of a kubelet or an API server. */
export interface ScrapeOfComponent {
  readonly resource: Resource;
  readonly path: Path;
  /** `job kubelet`, `ServiceMonitor/shop/kubelet`. */
  readonly by: string;
  /** The ServiceAccount whose token it shows, and whose rights are asked about; `nobody`: it shows nothing; undefined: what is not known here. */
  readonly account: Account | 'nobody' | undefined;
  readonly of: 'kubelet' | 'API server';
  readonly scheme: string;
  readonly url: string;
  /** `nodes/metrics`; undefined where the URL itself is what is asked about. */
  readonly asked: string | undefined;
}

const TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const API_SERVER = /^(https:\/\/)?kubernetes\.default(\.svc(\.[a-z0-9.-]+)?)?(:443)?$/;
const PROXY = /^\/api\/v1\/nodes\/[^/]+\/proxy\b/;

/** A scrape of a kubelet or an API server as a ServiceAccount. */
export type ScrapeAsAccount = ScrapeOfComponent & { readonly account: Account };

/** Every scrape of kubelets and API servers that says who it is by the token of a ServiceAccount. */
export function* scrapesAsAccounts(world: World): Iterable<ScrapeAsAccount> {
  for (const scrape of scrapesOfComponents(world)) {
    const { account } = scrape;
    if (account !== undefined && account !== 'nobody') yield { ...scrape, account };
  }
}

/** Every scrape of kubelets and API servers. */
export function* scrapesOfComponents(world: World): Iterable<ScrapeOfComponent> {
  for (const { workload, configuration, jobFiles } of configuredPrometheuses(world)) {
    const { namespace, podSpec } = workload;
    const account = {
      namespace,
      name: string(podSpec['serviceAccountName'] ?? podSpec['serviceAccount']) || 'default',
    };
    for (const { resource, path, content } of [configuration, ...jobFiles])
      for (const job of mappings(record(content)?.['scrape_configs'])) {
        const scrape = scrapeOfJob(job);
        const shown = hasTokenFile(job)
          ? account
          : JOB_CREDENTIALS.some((field) => isSet(job[field]))
            ? undefined
            : 'nobody';
        const who = shown === 'nobody' && hasCertificate(job, 'tls_config') ? undefined : shown;
        const scheme = string(job['scheme']) || 'http';
        if (scrape) yield { resource, path, by: `job ${String(job['job_name'])}`, account: who, scheme, ...scrape };
      }
  }
  yield* operatedScrapes(world);
}

function hasTokenFile(job: Json): boolean {
  return [job['bearer_token_file'], record(job['authorization'])?.['credentials_file']].includes(TOKEN_FILE);
}

const JOB_CREDENTIALS = ['authorization', 'basic_auth', 'oauth2', 'bearer_token', 'bearer_token_file'];
const ENDPOINT_CREDENTIALS = [
  ...['authorization', 'basicAuth', 'oauth2', 'bearerTokenFile', 'bearerTokenSecret'],
  ...['scrapeClass'],
];

/** A client certificate says who somebody is, too. */
function hasCertificate(settings: Json, field: 'tls_config' | 'tlsConfig'): boolean {
  const tls = record(settings[field]);
  return ['cert', 'certFile', 'cert_file'].some((name) => isSet(tls?.[name]));
}

type Scrape = Pick<ScrapeOfComponent, 'of' | 'url' | 'asked'>;

function scrapeOfJob(job: Json): Scrape | undefined {
  const roles = mappings(job['kubernetes_sd_configs'])
    .filter(({ api_server: other, kubeconfig_file: file }) => !other && !file)
    .map(({ role }) => role);
  const rules = mappings(job['relabel_configs']);
  return scrapeOf({
    isOfNodes: roles.length > 0 && roles.every((role) => role === 'node'),
    isOfApiServers:
      (roles.length > 0 &&
        roles.every((role) => role === 'endpoints' || role === 'endpointslice') &&
        (keepsApi(rules) || keepsApiOf(job))) ||
      mappings(job['static_configs']).some(({ targets }) =>
        list(targets).some((target) => API_SERVER.test(String(target))),
      ),
    rules: rules.map((rule) => ({ label: string(rule['target_label']), replacement: string(rule['replacement']) })),
    path: string(job['metrics_path']) || '/metrics',
  });
}

/** Of all endpoints those of Service default/kubernetes, as everybody writes it. */
function keepsApi(rules: readonly Json[]): boolean {
  return rules.some(
    ({ action, regex, source_labels: labels }) =>
      action === 'keep' &&
      typeof regex === 'string' &&
      /^default;kubernetes(;|$)/.test(regex) &&
      list(labels).some((label) => label === '__meta_kubernetes_service_name'),
  );
}

/** The same where the discovery looks in that namespace alone. */
function keepsApiOf(job: Json): boolean {
  const places = mappings(job['kubernetes_sd_configs']).map(({ namespaces }) =>
    list(record(namespaces)?.['names']).join(),
  );
  return (
    places.every((place) => place === 'default') &&
    mappings(job['relabel_configs']).some(
      ({ action, regex, source_labels: labels }) =>
        action === 'keep' &&
        list(labels)[0] === '__meta_kubernetes_service_name' &&
        /^kubernetes(;|$)/.test(String(regex)),
    )
  );
}

interface Asking {
  readonly isOfNodes: boolean;
  readonly isOfApiServers: boolean;
  readonly rules: readonly { readonly label: string | undefined; readonly replacement: string | undefined }[];
  readonly path: string;
}

function scrapeOf({ isOfNodes, isOfApiServers, rules, path }: Asking): Scrape | undefined {
  const written = (label: string) => rules.filter((rule) => rule.label === label);
  const [address, ...otherAddresses] = written('__address__');
  const [newPath, ...otherPaths] = written('__metrics_path__');
  if (otherAddresses.length > 0 || otherPaths.length > 0) return undefined;
  const url = newPath ? (newPath.replacement ?? '$1') : path;
  const host = address?.replacement ?? (address ? '$1' : undefined);
  // By way of the API server, which asks for the right before it passes anything on.
  if (isOfNodes && host !== undefined && API_SERVER.test(host))
    return PROXY.test(url) ? { of: 'API server', url, asked: 'nodes/proxy' } : undefined;
  if (url.includes('$')) return undefined;
  // A node-exporter, or whatever else listens there.
  if (isOfNodes) return host === undefined || host.endsWith(':10250') ? ofKubelet(url) : undefined;
  return isOfApiServers && host === undefined ? { of: 'API server', url, asked: undefined } : undefined;
}

/** What a kubelet asks the API server about a path: `NodeRequestAttributes` in pkg/kubelet/server/auth.go. */
function ofKubelet(url: string): Scrape {
  const [, top = ''] = /^\/(metrics|stats|logs|checkpoint)(\/|$)/.exec(url) ?? [];
  const asked = top === 'logs' ? 'log' : top === '' ? 'proxy' : top;
  return { of: 'kubelet', url, asked: `nodes/${asked}` };
}

function* operatedScrapes(world: World): Iterable<ScrapeOfComponent> {
  for (const monitor of monitorsOf(world, 'ServiceMonitor')) {
    const of = targetsOf(world, monitor);
    for (const [i, entry] of of ? list(monitor.at(['spec', 'endpoints'])).entries() : []) {
      const endpoint = record(entry) ?? {};
      const scrape = scrapeOf({
        // The other ports of kubelets are plain, and closed as a rule.
        isOfNodes: of === 'kubelet' && endpoint['port'] !== 'http-metrics' && endpoint['port'] !== 'cadvisor',
        isOfApiServers: of === 'API server',
        rules: mappings(endpoint['relabelings']).map(({ targetLabel, replacement }) => ({
          label: string(targetLabel),
          replacement: string(replacement),
        })),
        path: string(endpoint['path']) || '/metrics',
      });
      const at = { resource: monitor, path: ['spec', 'endpoints', i], by: world.idOf(monitor) };
      const written = mappings(endpoint['relabelings']).some(({ targetLabel }) => targetLabel === '__scheme__');
      const scheme = written ? 'https' : (string(endpoint['scheme']) || 'http').toLowerCase();
      const whole = { ...endpoint, scrapeClass: monitor.at(['spec', 'scrapeClass']) };
      if (scrape) yield* shownBy(world, monitor, whole, { ...at, scheme, ...scrape });
    }
  }
  for (const config of operatorObjects(world, 'ScrapeConfig')) {
    const spec = record(config.at(['spec'])) ?? {};
    const roles = mappings(spec['kubernetesSDConfigs']).map(({ role }) => String(role).toLowerCase());
    const scrape = scrapeOf({
      isOfNodes: roles.length > 0 && roles.every((role) => role === 'node'),
      isOfApiServers: mappings(spec['staticConfigs']).some(({ targets }) =>
        list(targets).some((target) => API_SERVER.test(String(target))),
      ),
      rules: mappings(spec['relabelings']).map(({ targetLabel, replacement }) => ({
        label: string(targetLabel),
        replacement: string(replacement),
      })),
      path: string(spec['metricsPath']) || '/metrics',
    });
    const at = { resource: config, path: ['spec'], by: world.idOf(config) };
    const scheme = (string(spec['scheme']) || 'http').toLowerCase();
    if (scrape) yield* shownBy(world, config, spec, { ...at, scheme, ...scrape });
  }
}

/** The same scrape, once for each account whose token it shows. */
function* shownBy(
  world: World,
  resource: Resource,
  settings: Json,
  scrape: Omit<ScrapeOfComponent, 'account'>,
): Iterable<ScrapeOfComponent> {
  const isNobody =
    !ENDPOINT_CREDENTIALS.some((field) => isSet(settings[field])) &&
    !hasCertificate(settings, 'tlsConfig') &&
    // A class that holds for all may say who it is.
    !selectionsOfObject(world, resource).some(({ by }) => list(by.at(['spec', 'scrapeClasses'])).length > 0);
  const accounts = accountsOf(world, resource, settings, settings['bearerTokenFile'] === TOKEN_FILE);
  for (const account of accounts) yield { ...scrape, account };
  if (accounts.length === 0) yield { ...scrape, account: isNobody ? 'nobody' : undefined };
}

/** Whether a ServiceMonitor is for the kubelets or the API servers: by the Services that it finds, else by what it asks for. */
function targetsOf(world: World, monitor: Resource): ScrapeOfComponent['of'] | undefined {
  const found = servicesOfMonitor(world, monitor);
  const labels = strings(record(monitor.at(['spec', 'selector']))?.['matchLabels']);
  const places = namespacesOfMonitor(world, monitor) ?? [];
  const isKubelet = (of: Readonly<Record<string, string>>) =>
    of['app.kubernetes.io/name'] === 'kubelet' || of['k8s-app'] === 'kubelet';
  const isApiServer = (of: Readonly<Record<string, string>>) =>
    of['component'] === 'apiserver' && of['provider'] === 'kubernetes';
  if (found.length > 0) {
    // A Service with a selector leads to pods.
    if (found.every(({ backing, resource }) => backing === 'manual' && isKubelet(resource.labels))) return 'kubelet';
    return found.every(({ name, namespace }) => name === 'kubernetes' && namespace === 'default')
      ? 'API server'
      : undefined;
  }
  if (isKubelet(labels) && places.includes('kube-system')) return 'kubelet';
  return isApiServer(labels) && places.includes('default') ? 'API server' : undefined;
}

/** Whose token it is: that of each Prometheus that selects the object, or that of the account that a Secret is made for. */
function accountsOf(world: World, resource: Resource, endpoint: Json, isOfPod: boolean): readonly Account[] {
  if (isOfPod)
    return selectionsOfObject(world, resource).flatMap(({ by, is }) =>
      is === 'yes' && !world.isExternal(by)
        ? [
            {
              namespace: world.namespaceOf(by),
              name: string(by.at(['spec', 'serviceAccountName'])) || 'default',
            },
          ]
        : [],
    );
  const named = record(record(endpoint['authorization'])?.['credentials']) ?? record(endpoint['bearerTokenSecret']);
  const namespace = world.namespaceOf(resource);
  const secret = world.find('Secret', namespace, string(named?.['name']) ?? '');
  const name = secret.is === 'present' ? secret.resource.annotations['kubernetes.io/service-account.name'] : undefined;
  return name ? [{ namespace, name }] : [];
}
