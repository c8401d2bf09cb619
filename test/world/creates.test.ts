import { flowsOf } from '../../simulate/network/flows';
import { addOnData } from '../../upstream/kubernetes/data';
import { ADD_ONS } from '../../world/add-ons';
import { OTHERS } from '../../world/created';
import { all, verdicts, worldOf } from '../checks/judging';

/**
 * A namespace with a workload behind a policy, and four things in it that are wrong: no manifest has the Secret, the Service and the
 * ConfigMap that are named, and no pod has the labels of a selector. All are called after one object of a custom kind, `thing`.
 */
const surroundings = (object: string) =>
  all(
    '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }',
    `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: main
          image: shop/web:1.0.0
          ports: [{ containerPort: 8080 }]
          envFrom: [{ secretRef: { name: thing-auth } }, { configMapRef: { name: thing-config } }]`,
    `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { role: front } } }] }] }`,
    `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: thing, namespace: shop }
spec: { defaultBackend: { service: { name: thing-http, port: { number: 80 } } } }`,
    '{ apiVersion: v1, kind: Service, metadata: { name: by-label, namespace: shop }, spec: { selector: { "gateway.networking.k8s.io/gateway-name": thing }, ports: [{ port: 80 }] } }',
    object,
  );

/** What is said of each: whether another pod of the namespace may be there and get through, and the four wrong references. */
interface Verdicts {
  readonly flow: 'denied' | 'unknown';
  readonly Secret: 'fail' | 'unknown';
  readonly ConfigMap: 'fail' | 'unknown';
  readonly Service: 'fail' | 'unknown';
  readonly selector: 'fail' | 'unknown';
}

function verdictsBeside(kind: string, spec = '{}'): Verdicts {
  const [apiVersion, name] = kind.split(' ');
  const manifests = surroundings(
    `{ apiVersion: ${apiVersion}, kind: ${name}, metadata: { name: thing, namespace: shop }, spec: ${spec} }`,
  );
  const flow = [...flowsOf(worldOf(manifests))].find(({ from }) => from === 'any other pod')!.verdict;
  const only = (id: string, path: string) =>
    verdicts(id, manifests)
      .filter((verdict) => verdict.includes(path))
      .map((verdict) => verdict.split(' ')[0])[0];
  return {
    flow,
    Secret: only('secret-exists', 'envFrom[0]'),
    ConfigMap: only('configmap-exists', 'envFrom[1]'),
    Service: only('ingress-backend', 'service'),
    selector: only('service-selects-workload', 'selector'),
  } as Verdicts;
}

const CREATES_NOTHING: Verdicts = {
  flow: 'denied',
  Secret: 'fail',
  ConfigMap: 'fail',
  Service: 'fail',
  selector: 'fail',
};
const CREATES_ANYTHING: Verdicts = {
  flow: 'unknown',
  Secret: 'unknown',
  ConfigMap: 'unknown',
  Service: 'unknown',
  selector: 'unknown',
};

test.each([
  'cert-manager.io/v1 Certificate',
  'cert-manager.io/v1 CertificateRequest',
  'cert-manager.io/v1 Issuer',
  'policy.cert-manager.io/v1alpha1 CertificateRequestPolicy',
  'external-secrets.io/v1 ExternalSecret',
  'external-secrets.io/v1 SecretStore',
  'external-secrets.io/v1alpha1 PushSecret',
  'generators.external-secrets.io/v1alpha1 Password',
  'bitnami.com/v1alpha1 SealedSecret',
  'secrets.hashicorp.com/v1beta1 VaultAuth',
  'monitoring.coreos.com/v1 ServiceMonitor',
  'monitoring.coreos.com/v1 PodMonitor',
  'monitoring.coreos.com/v1 Probe',
  'monitoring.coreos.com/v1 PrometheusRule',
  'monitoring.coreos.com/v1alpha1 AlertmanagerConfig',
  'operator.victoriametrics.com/v1beta1 VMServiceScrape',
  'grafana.integreatly.org/v1beta1 GrafanaDashboard',
  'opentelemetry.io/v1alpha1 Instrumentation',
  'argoproj.io/v1alpha1 AppProject',
  'argoproj.io/v1alpha1 Application',
  'argoproj.io/v1alpha1 ApplicationSet',
  'argoproj.io/v1alpha1 AnalysisTemplate',
  'source.toolkit.fluxcd.io/v1 GitRepository',
  'source.toolkit.fluxcd.io/v1 HelmChart',
  'kustomize.toolkit.fluxcd.io/v1 Kustomization',
  'notification.toolkit.fluxcd.io/v1beta3 Alert',
  'image.toolkit.fluxcd.io/v1beta2 ImagePolicy',
  'tekton.dev/v1 Pipeline',
  'triggers.tekton.dev/v1beta1 TriggerBinding',
  'gateway.networking.k8s.io/v1 HTTPRoute',
  'gateway.networking.k8s.io/v1beta1 ReferenceGrant',
  'networking.istio.io/v1 VirtualService',
  'networking.istio.io/v1 DestinationRule',
  'networking.istio.io/v1 Gateway',
  'networking.istio.io/v1 ServiceEntry',
  'security.istio.io/v1 RequestAuthentication',
  'security.istio.io/v1 AuthorizationPolicy',
  'security.istio.io/v1 PeerAuthentication',
  'telemetry.istio.io/v1 Telemetry',
  'policy.linkerd.io/v1beta3 Server',
  'linkerd.io/v1alpha2 ServiceProfile',
  'traefik.io/v1alpha1 IngressRoute',
  'traefik.io/v1alpha1 Middleware',
  'traefik.containo.us/v1alpha1 IngressRoute',
  'configuration.konghq.com/v1 KongPlugin',
  'gateway.envoyproxy.io/v1alpha1 BackendTrafficPolicy',
  'projectcontour.io/v1 HTTPProxy',
  'k8s.nginx.org/v1 VirtualServer',
  'k8s.cni.cncf.io/v1 NetworkAttachmentDefinition',
  'metallb.io/v1beta1 IPAddressPool',
  'externaldns.k8s.io/v1alpha1 DNSEndpoint',
  'elbv2.k8s.aws/v1beta1 TargetGroupBinding',
  'networking.gke.io/v1 ManagedCertificate',
  'cloud.google.com/v1 BackendConfig',
  'rds.services.k8s.aws/v1alpha1 DBInstance',
  'storage.cnrm.cloud.google.com/v1beta1 StorageBucket',
  'keda.sh/v1alpha1 ScaledObject',
  'keda.sh/v1alpha1 TriggerAuthentication',
  'autoscaling.k8s.io/v1 VerticalPodAutoscaler',
  'kyverno.io/v1 Policy',
  'constraints.gatekeeper.sh/v1beta1 K8sRequiredLabels',
  'aquasecurity.github.io/v1alpha1 VulnerabilityReport',
  'snapshot.storage.k8s.io/v1 VolumeSnapshot',
  'velero.io/v1 Schedule',
  'postgresql.cnpg.io/v1 ScheduledBackup',
  'kafka.strimzi.io/v1beta2 KafkaTopic',
  'rabbitmq.com/v1beta1 Queue',
  'jetstream.nats.io/v1beta2 Stream',
  'eventing.knative.dev/v1 Trigger',
  'instancetype.kubevirt.io/v1beta1 VirtualMachineInstancetype',
  'kueue.x-k8s.io/v1beta1 LocalQueue',
  'dapr.io/v1alpha1 Component',
  'route.openshift.io/v1 Route',
])('beside %s, which creates nothing, a wrong name is certainly wrong and a denied flow denied', (kind) => {
  expect(verdictsBeside(kind)).toEqual(CREATES_NOTHING);
});

test.each([
  ['postgresql.cnpg.io/v1 Cluster'],
  ['acid.zalan.do/v1 postgresql'],
  ['kafka.strimzi.io/v1beta2 Kafka'],
  ['rabbitmq.com/v1beta1 RabbitmqCluster'],
  ['elasticsearch.k8s.elastic.co/v1 Elasticsearch'],
  ['k8s.mariadb.com/v1alpha1 MariaDB'],
  ['mongodbcommunity.mongodb.com/v1 MongoDBCommunity'],
  ['databases.spotahome.com/v1 RedisFailover'],
  ['minio.min.io/v2 Tenant'],
  ['ceph.rook.io/v1 CephCluster'],
  ['k8s.keycloak.org/v2alpha1 Keycloak'],
  ['grafana.integreatly.org/v1beta1 Grafana'],
  ['opentelemetry.io/v1beta1 OpenTelemetryCollector'],
  ['operator.victoriametrics.com/v1beta1 VMCluster'],
  ['helm.toolkit.fluxcd.io/v2 HelmRelease'],
  ['helm.cattle.io/v1 HelmChart'],
  ['install.istio.io/v1alpha1 IstioOperator'],
  ['kubernetes.crossplane.io/v1alpha2 Object'],
  ['operators.coreos.com/v1alpha1 Subscription'],
  ['argoproj.io/v1alpha1 Application', '{ source: { chart: redis, repoURL: "https://charts.example.com" } }'],
  ['argoproj.io/v1alpha1 Application', '{ sources: [{ path: apps }, { chart: redis }] }'],
  ['argoproj.io/v1alpha1 ApplicationSet', '{ template: { spec: { source: { chart: redis } } } }'],
  ['kyverno.io/v1 Policy', '{ rules: [{ name: add, generate: { kind: Secret, name: thing-auth } }] }'],
  // Nobody knows what the controller of a kind like this does.
  ['example.com/v1 Widget'],
])('beside %s, which may create anything, nothing is certain', (kind, spec = '{}') => {
  expect(verdictsBeside(kind, spec)).toEqual(CREATES_ANYTHING);
});

test.each<[string, string, Partial<Verdicts>]>([
  // Kind by kind, what is not certain beside it; everything else is.
  ['gateway.networking.k8s.io/v1 Gateway', '{}', { flow: 'unknown', Service: 'unknown', selector: 'unknown' }],
  ['keda.sh/v1alpha1 ScaledJob', '{}', { flow: 'unknown', selector: 'unknown' }],
  ['argoproj.io/v1alpha1 Workflow', '{}', { flow: 'unknown', selector: 'unknown' }],
  ['argoproj.io/v1alpha1 CronWorkflow', '{}', { flow: 'unknown', selector: 'unknown' }],
  [
    'argoproj.io/v1alpha1 AnalysisTemplate',
    '{ metrics: [{ name: load, provider: { job: {} } }] }',
    { flow: 'unknown', selector: 'unknown' },
  ],
  ['tekton.dev/v1 PipelineRun', '{}', { flow: 'unknown', selector: 'unknown' }],
  ['triggers.tekton.dev/v1beta1 EventListener', '{}', { flow: 'unknown', Service: 'unknown', selector: 'unknown' }],
  ['kubevirt.io/v1 VirtualMachine', '{}', { flow: 'unknown', selector: 'unknown' }],
  ['k8up.io/v1 Schedule', '{}', { flow: 'unknown', selector: 'unknown' }],
  ['serving.knative.dev/v1 Service', '{}', { flow: 'unknown', Service: 'unknown', selector: 'unknown' }],
  ['postgresql.cnpg.io/v1 Pooler', '{}', { flow: 'unknown', Service: 'unknown', selector: 'unknown' }],
  ['kafka.strimzi.io/v1beta2 KafkaUser', '{}', { Secret: 'unknown' }],
  ['s3.aws.upbound.io/v1beta1 Bucket', '{}', { Secret: 'unknown' }],
  ['cache.azure.com/v1api20230801 Redis', '{}', { Secret: 'unknown', ConfigMap: 'unknown' }],
  ['messaging.knative.dev/v1 Channel', '{}', { Service: 'unknown', selector: 'unknown' }],
  [
    'flagger.app/v1beta1 Canary',
    '{}',
    { flow: 'unknown', Secret: 'unknown', ConfigMap: 'unknown', Service: 'unknown', selector: 'unknown' },
  ],
  ['ray.io/v1 RayCluster', '{}', { flow: 'unknown', ConfigMap: 'unknown', Service: 'unknown', selector: 'unknown' }],
  // Another project's group below k8s.io.
  [
    'sparkoperator.k8s.io/v1beta2 SparkApplication',
    '{}',
    { flow: 'unknown', ConfigMap: 'unknown', Service: 'unknown', selector: 'unknown' },
  ],
])('beside %s %s only what it may create is uncertain', (kind, spec, uncertain) => {
  expect(verdictsBeside(kind, spec)).toEqual({ ...CREATES_NOTHING, ...uncertain });
});

test.each([
  ['cert-manager.io/v1 Certificate', '{ secretName: thing-auth }', 'Secret'],
  ['external-secrets.io/v1 ExternalSecret', '{ target: { name: thing-auth } }', 'Secret'],
  ['secrets.hashicorp.com/v1beta1 VaultStaticSecret', '{ destination: { name: thing-auth, create: true } }', 'Secret'],
  ['secrets-store.csi.x-k8s.io/v1 SecretProviderClass', '{ secretObjects: [{ secretName: thing-auth }] }', 'Secret'],
] as const)('%s %s creates the %s that it names, so nothing is missing', (kind, spec, created) => {
  expect(verdictsBeside(kind, spec)).toEqual({ ...CREATES_NOTHING, [created]: undefined });
});

test('a Secret has the name of its SealedSecret, whatever the template says', () => {
  expect(
    verdictsBeside('bitnami.com/v1alpha1 SealedSecret', '{ template: { metadata: { name: thing-auth } } }'),
  ).toEqual(CREATES_NOTHING);
});

test('an ExternalSecret with the creation policy None leaves it to others to create the Secret', () => {
  const spec = '{ target: { name: thing-auth, creationPolicy: None } }';
  expect(verdictsBeside('external-secrets.io/v1 ExternalSecret', spec)).toEqual(CREATES_NOTHING);
});

test('a bundle of trust-manager is a ConfigMap of its name in every namespace, one of Fleet is not', () => {
  const missing = (apiVersion: string, target: string) =>
    verdicts(
      'configmap-exists',
      surroundings(
        `{ apiVersion: ${apiVersion}, kind: Bundle, metadata: { name: thing-config }, spec: { ${target} } }`,
      ),
    );
  expect(missing('trust.cert-manager.io/v1alpha1', 'target: { configMap: { key: ca.pem } }')).toEqual([]);
  expect(missing('trust.cert-manager.io/v1alpha1', 'target: { secret: { key: ca.pem } }')).toHaveLength(1);
  expect(missing('fleet.cattle.io/v1alpha1', 'target: { configMap: { key: ca.pem } }')).toHaveLength(1);
});

test('a chart makes its pods where the Application says, not beside the Application', () => {
  const flow = (own: string, destination: string) =>
    [
      ...flowsOf(
        worldOf(
          surroundings(
            `{ apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: { name: thing, namespace: ${own} }, spec: { source: { chart: redis }, destination: { namespace: ${destination} } } }`,
          ),
        ),
      ),
    ].find(({ from }) => from === 'any other pod')!.verdict;
  expect(flow('argocd', 'shop')).toBe('unknown');
  expect(flow('shop', 'cache')).toBe('denied');
});

test('the Gateway lends its name to the pods of its proxy only, not to whatever has that name for a label', () => {
  const selector = (label: string) =>
    verdicts(
      'service-selects-workload',
      all(
        '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }',
        '{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: edge, namespace: shop }, spec: {} }',
        `{ apiVersion: v1, kind: Service, metadata: { name: x, namespace: shop }, spec: { selector: { ${label} }, ports: [{ port: 80 }] } }`,
      ),
    );
  expect(selector('gateway.networking.k8s.io/gateway-name: edge')).toEqual(['unknown spec.selector']);
  expect(selector('istio.io/gateway-name: edge')).toEqual(['unknown spec.selector']);
  expect(selector('app: edge')).toEqual(['fail spec.selector']);
});

test('every kind of the add-ons whose definitions are known has an entry of its own or of its group', () => {
  const without = Object.keys(addOnData().kinds).filter((id) => {
    const [version = '', kind = ''] = id.split(' ');
    const kinds = ADD_ONS[version.slice(0, version.indexOf('/'))];
    return kinds?.[kind] === undefined && kinds?.[OTHERS] === undefined;
  });
  expect(Object.keys(addOnData().kinds).length).toBeGreaterThan(50);
  expect(without).toEqual([]);
});
