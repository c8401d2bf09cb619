import { discoveredTargets, labelSelectorOf } from '../../world/discovered-targets';
import { endpointTargets, podTargets, serviceTargets } from '../../world/discovery-labels';
import { knownServices } from '../../world/services';
import { worldOf } from './support';

const SHOP = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web, app.kubernetes.io/part-of: shop }, annotations: { prometheus.io/scrape: 'true', prometheus.io/port: '9100' } }
    spec:
      initContainers: [{ name: prepare, image: prepare, ports: [{ containerPort: 7000 }] }]
      containers:
        - { name: web, image: 'web:1', ports: [{ name: http, containerPort: 8080 }, { name: metrics, containerPort: 9100 }] }
        - { name: helper, image: 'helper:1' }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: data }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: 'db:1', ports: [{ containerPort: 5432 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { team: shop }, annotations: { prometheus.io/scrape: 'true' } }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }] }
`;

const prometheus = (...jobs: string[]) => `${SHOP}
---
apiVersion: v1
kind: ConfigMap
metadata: { name: prometheus, namespace: monitoring }
data:
  prometheus.yml: |
    scrape_configs:
${jobs.map((job) => `    - ${job.trim().replaceAll('\n', '\n      ')}`).join('\n')}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: prometheus, namespace: monitoring }
spec:
  selector: { matchLabels: { app: prometheus } }
  template:
    metadata: { labels: { app: prometheus } }
    spec:
      containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0', volumeMounts: [{ name: config, mountPath: /etc/prometheus }] }]
      volumes: [{ name: config, configMap: { name: prometheus } }]
`;

/** \`web/web 9100 /metrics\`, with a question mark where it is not certain. */
function found(...jobs: string[]): string[] {
  return discoveredTargets(worldOf(prometheus(...jobs))).map(
    ({ job, workload, port, metricsPath, isCertain }) =>
      `${job}: ${workload.resource.name} ${port} ${metricsPath}${isCertain ? '' : '?'}`,
  );
}

const job = (role: string, rules: string, more = '') => `
job_name: all
kubernetes_sd_configs: [{ role: ${role}${more} }]
relabel_configs: [${rules}]`;

describe('pods', () => {
  test('each port of each container is found, and a container without ports at the usual one', () => {
    expect(found(job('pod', ''))).toEqual([
      'all: web 8080 /metrics',
      'all: web 9100 /metrics',
      'all: web 80 /metrics',
      'all: web 7000 /metrics',
      'all: db 5432 /metrics',
      'all: prometheus 80 /metrics',
    ]);
  });

  test.each([
    ['by a label', '{ action: keep, source_labels: [__meta_kubernetes_pod_label_app], regex: db }', ['db 5432']],
    [
      'by a label with signs in its name',
      '{ action: keep, source_labels: [__meta_kubernetes_pod_labelpresent_app_kubernetes_io_part_of], regex: "true" }',
      ['web 8080', 'web 9100', 'web 80', 'web 7000'],
    ],
    [
      'by the name of a port',
      '{ action: keep, source_labels: [__meta_kubernetes_pod_container_port_name], regex: metrics }',
      ['web 9100'],
    ],
    [
      'by its protocol, which is TCP where nothing is said',
      '{ action: keep, source_labels: [__meta_kubernetes_pod_container_port_protocol, __meta_kubernetes_namespace], regex: TCP;data }',
      ['db 5432'],
    ],
    [
      'without init containers',
      '{ action: drop, source_labels: [__meta_kubernetes_pod_container_init, __meta_kubernetes_namespace], regex: "true;.*|false;(data|monitoring)" }',
      ['web 8080', 'web 9100', 'web 80'],
    ],
    [
      'by who makes them',
      '{ action: keep, source_labels: [__meta_kubernetes_pod_controller_kind], regex: StatefulSet }',
      ['db 5432'],
    ],
    [
      'by what only the cluster knows',
      '{ action: keep, source_labels: [__meta_kubernetes_pod_name], regex: db-0 }',
      ['web 8080?', 'web 9100?', 'web 80?', 'web 7000?', 'db 5432?', 'prometheus 80?'],
    ],
    [
      'by a hash of their controller',
      '{ action: keep, source_labels: [__meta_kubernetes_pod_labelpresent_pod_template_hash, __meta_kubernetes_pod_container_port_name], regex: true;http }',
      ['web 8080'],
    ],
  ])('are chosen %s', (_, rule, expected) => {
    expect(found(job('pod', rule))).toEqual(
      expected.map((each) => `all: ${each.replace('?', '')} /metrics${each.endsWith('?') ? '?' : ''}`),
    );
  });

  test('annotations say where, as everybody writes it', () => {
    const rules = [
      '{ action: keep, source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape], regex: "true" }',
      "{ source_labels: [__address__, __meta_kubernetes_pod_annotation_prometheus_io_port], regex: '([^:]+)(?::\\d+)?;(\\d+)', replacement: '$1:$2', target_label: __address__ }",
      '{ replacement: /stats, target_label: __metrics_path__ }',
    ];
    expect(found(job('pod', rules.join(', ')))).toEqual(['all: web 9100 /stats']);
  });

  test('of some namespaces, by selectors', () => {
    expect(found(job('pod', '', ', namespaces: { names: [data] }'))).toEqual(['all: db 5432 /metrics']);
    expect(found(job('pod', '', ', namespaces: { own_namespace: true }'))).toEqual(['all: prometheus 80 /metrics']);
    expect(found(job('pod', '', ", selectors: [{ role: pod, label: 'app in (db, other)' }]"))).toEqual([
      'all: db 5432 /metrics',
    ]);
    expect(found(job('pod', '', ', selectors: [{ role: pod, label: app=db, field: spec.nodeName=a }]'))).toEqual([
      'all: db 5432 /metrics?',
    ]);
    expect(found(job('pod', '', ", api_server: 'https://elsewhere'"))).toEqual([]);
  });
});

describe('endpoints', () => {
  test.each(['endpoints', 'endpointslice'])(
    '%s: the ports of a Service at its pods, and the other ports of these',
    (role) => {
      expect(found(job(role, ''))).toEqual([
        'all: web 8080 /metrics',
        'all: web 9100 /metrics',
        'all: web 7000 /metrics',
      ]);
    },
  );

  test.each([
    ['endpoints', '{ action: keep, source_labels: [__meta_kubernetes_endpoint_port_name], regex: http }'],
    ['endpointslice', '{ action: keep, source_labels: [__meta_kubernetes_endpointslice_port_name], regex: http }'],
    [
      'endpoints',
      '{ action: keep, source_labels: [__meta_kubernetes_service_label_team, __meta_kubernetes_pod_container_port_name], regex: shop;http }',
    ],
    [
      'endpointslice',
      '{ action: keep, source_labels: [__meta_kubernetes_endpointslice_label_kubernetes_io_service_name, __meta_kubernetes_endpointslice_port], regex: web;8080 }',
    ],
  ])('%s are chosen by %s', (role, rule) => {
    expect(found(job(role, rule))).toEqual(['all: web 8080 /metrics']);
  });

  test('what one role calls a label the other does not', () => {
    expect(
      found(
        job('endpointslice', '{ action: keep, source_labels: [__meta_kubernetes_endpoint_port_name], regex: http }'),
      ),
    ).toEqual([]);
  });
});

test('a Service is asked at its own port, and answers with what is behind it', () => {
  expect(found(job('service', ''))).toEqual(['all: web 8080 /metrics']);
  expect(found(job('service', '{ replacement: "db.data:5432", target_label: __address__ }'))).toEqual([]);
});

test('a prober in place of what was found is scraped instead', () => {
  const rules =
    '{ source_labels: [__address__], target_label: __param_target }, { replacement: "web.shop:80", target_label: __address__ }';
  expect(found(job('pod', rules))).toEqual(['all: web 8080 /metrics']);
});

test('a target is one of a job, however often it is found', () => {
  expect(
    found(
      '{ job_name: twice, kubernetes_sd_configs: [{ role: pod, namespaces: { names: [data] } }, { role: pod, namespaces: { names: [data] } }] }',
    ),
  ).toEqual(['twice: db 5432 /metrics']);
});

test.each([
  ['app=web', [{ key: 'app', operator: 'In', values: ['web'] }]],
  [
    'app==web,tier!=db',
    [
      { key: 'app', operator: 'In', values: ['web'] },
      { key: 'tier', operator: 'NotIn', values: ['db'] },
    ],
  ],
  [
    'env in (a, b),x notin (c)',
    [
      { key: 'env', operator: 'In', values: ['a', 'b'] },
      { key: 'x', operator: 'NotIn', values: ['c'] },
    ],
  ],
  [
    'a.b/c,!old',
    [
      { key: 'a.b/c', operator: 'Exists' },
      { key: 'old', operator: 'DoesNotExist' },
    ],
  ],
  ['', []],
])('the selector %j', (text, matchExpressions) => {
  expect(labelSelectorOf(text)).toEqual({ matchExpressions });
});

test('a selector that is not read here is not known', () => {
  expect(labelSelectorOf('a>1')).toBeUndefined();
});

test('labels without a value are not there, and what is there is said', () => {
  const world = worldOf(SHOP);
  const [web] = podTargets(world.workloads[0]!);
  expect(web!.labels.has('__meta_kubernetes_pod_label_none')).toBe(false);
  expect(web!.labels.get('__meta_kubernetes_pod_label_pod_template_hash')).toBeUndefined();
  expect(web!.labels.has('__meta_kubernetes_pod_label_pod_template_hash')).toBe(true);
  const [service] = knownServices(world);
  expect(serviceTargets(service!)[0]!.get('__meta_kubernetes_service_annotation_prometheus_io_scrape')).toBe('true');
  expect(endpointTargets(service!, 'endpoints')[0]!.labels.get('__meta_kubernetes_endpoints_name')).toBe('web');
});
