#!/usr/bin/env node
/**
 * Generates the typed constructs in this folder from the CRDs in crds/. Offline, except with --from-modules.
 *
 *   node imports/generate.mjs                  crds/*.yaml -> *.ts
 *   node imports/generate.mjs --from-modules   Go modules -> crds/*.yaml -> *.ts (needs go)
 *   node imports/generate.mjs --check          write nothing; exit 1 if the above would change a file
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CORE_SCHEMA, dump, loadAll, mergeTag } from 'js-yaml';
import { checkGenerated } from './check.mjs';

// ---- What is imported -------------------------------------------------------------------------

/** `fields('a', 'b')` keeps a and b with everything below them. */
const fields = (...names) => Object.fromEntries(names.map((name) => [name, true]));

const applicationSource = fields(
  'repoURL',
  'targetRevision',
  'path',
  'chart',
  'ref',
  'name',
  'directory',
  'helm',
  'kustomize',
);

const applicationSpec = {
  ...fields('project', 'destination', 'syncPolicy', 'ignoreDifferences', 'revisionHistoryLimit', 'info'),
  source: applicationSource,
  sources: applicationSource,
};

const ARGO_ROLLOUTS = 'github.com/argoproj/argo-rollouts@v1.9.0';
const analysisRun = {
  templates: fields('templateName'),
  args: { name: true, valueFrom: fields('podTemplateHashValue') },
};

const OPERATOR_CRDS = 'example/prometheus-operator-crd/monitoring.coreos.com';

/** What the platform says of the pods that the Prometheus operator makes, and of what they evaluate. */
const OPERATED = [
  'image',
  'imagePullSecrets',
  'nodeSelector',
  'podMetadata',
  'priorityClassName',
  'replicas',
  'resources',
  'retention',
  'securityContext',
  'serviceAccountName',
  'tolerations',
  'version',
];
const PROMETHEUS = [
  'externalLabels',
  'alerting',
  'enforcedNamespaceLabel',
  'evaluationInterval',
  'persistentVolumeClaimRetentionPolicy',
  'podMonitorNamespaceSelector',
  'podMonitorSelector',
  'probeNamespaceSelector',
  'probeSelector',
  'retentionSize',
  'ruleNamespaceSelector',
  'ruleSelector',
  'scrapeConfigNamespaceSelector',
  'scrapeConfigSelector',
  'scrapeInterval',
  'scrapeTimeout',
  'serviceDiscoveryRole',
  'serviceMonitorNamespaceSelector',
  'serviceMonitorSelector',
  'topologySpreadConstraints',
];
const ALERTMANAGER = [
  'alertmanagerConfiguration',
  'alertmanagerConfigNamespaceSelector',
  'alertmanagerConfigSelector',
  'alertmanagerConfigMatcherStrategy',
  'configSecret',
  'externalUrl',
  'secrets',
  'persistentVolumeClaimRetentionPolicy',
  'topologySpreadConstraints',
];
const STORAGE = { storage: { volumeClaimTemplate: { spec: fields('accessModes', 'resources', 'storageClassName') } } };
const RELABELED = [
  'relabelings',
  'metricRelabelings',
  'interval',
  'scrapeTimeout',
  'scheme',
  'path',
  'tlsConfig',
  'authorization',
];
const LIMITS = ['sampleLimit', 'targetLimit', 'labelLimit', 'labelNameLengthLimit', 'labelValueLengthLimit'];
const SELECTED = ['selector', 'namespaceSelector', 'jobLabel', 'attachMetadata', 'fallbackScrapeProtocol', ...LIMITS];
const receiverSpec = {
  ...fields('route', 'inhibitRules', 'muteTimeIntervals'),
  receivers: {
    name: true,
    webhookConfigs: fields('url', 'urlSecret', 'sendResolved', 'maxAlerts'),
    pagerdutyConfigs: fields(
      'routingKey',
      'sendResolved',
      'severity',
      'description',
      'class',
      'component',
      'group',
      'url',
    ),
    slackConfigs: fields('apiURL', 'channel', 'sendResolved', 'title', 'text', 'titleLink'),
    emailConfigs: fields(
      'to',
      'from',
      'smarthost',
      'authUsername',
      'authPassword',
      'requireTLS',
      'sendResolved',
      'hello',
    ),
  },
};
const scrapeConfigSpec = fields(
  'authorization',
  'fallbackScrapeProtocol',
  'honorLabels',
  'jobName',
  'kubernetesSDConfigs',
  'labelLimit',
  'labelNameLengthLimit',
  'labelValueLengthLimit',
  'metricRelabelings',
  'metricsPath',
  'relabelings',
  'sampleLimit',
  'scheme',
  'scrapeInterval',
  'scrapeTimeout',
  'staticConfigs',
  'targetLimit',
  'tlsConfig',
);

/**
 * One entry per API group: crds/<group>.yaml and <group>.ts. All kinds of a group belong into one entry, as the importer
 * writes one file per group; `version` is that of the group unless a kind has its own. `keep` prunes a spec to the fields the platform writes; without it the spec stays whole.
 */
const GROUPS = {
  'argoproj.io': {
    module: 'github.com/argoproj/argo-cd/v3@v3.4.0',
    licence: 'Apache-2.0',
    version: 'v1alpha1',
    kinds: {
      Application: { file: 'manifests/crds/application-crd.yaml', keep: applicationSpec },
      ApplicationSet: {
        file: 'manifests/crds/applicationset-crd.yaml',
        keep: {
          ...fields('goTemplate', 'goTemplateOptions', 'syncPolicy', 'strategy', 'templatePatch', 'preservedFields'),
          generators: { list: fields('elements', 'elementsYaml') },
          template: { metadata: true, spec: applicationSpec },
        },
      },
      AppProject: { file: 'manifests/crds/appproject-crd.yaml' },
      AnalysisTemplate: {
        module: ARGO_ROLLOUTS,
        file: 'manifests/crds/analysis-template-crd.yaml',
        keep: {
          args: fields('name', 'value'),
          metrics: {
            ...fields('name', 'interval', 'initialDelay', 'count', 'successCondition', 'failureCondition'),
            ...fields('failureLimit', 'inconclusiveLimit', 'consecutiveErrorLimit'),
            provider: { prometheus: fields('address', 'query', 'timeout') },
          },
        },
      },
      Rollout: {
        module: ARGO_ROLLOUTS,
        file: 'manifests/crds/rollout-crd.yaml',
        keep: {
          ...fields('replicas', 'revisionHistoryLimit', 'selector'),
          ...fields('minReadySeconds', 'progressDeadlineSeconds', 'progressDeadlineAbort'),
          // A pod template, which has a type of its own already.
          template: 'any',
          strategy: {
            blueGreen: {
              ...fields('activeService', 'previewService', 'autoPromotionEnabled', 'scaleDownDelaySeconds'),
              postPromotionAnalysis: analysisRun,
            },
            canary: {
              ...fields('stableService', 'canaryService', 'maxSurge', 'maxUnavailable'),
              steps: { ...fields('setWeight', 'pause'), analysis: analysisRun },
              trafficRouting: { traefik: true, plugins: true, istio: { virtualService: fields('name') } },
            },
          },
        },
      },
    },
  },
  'autoscaling.k8s.io': {
    module: 'k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1',
    licence: 'Apache-2.0',
    version: 'v1',
    kinds: {
      VerticalPodAutoscaler: {
        file: 'deploy/vpa-v1-crd-gen.yaml',
        keep: {
          targetRef: true,
          updatePolicy: fields('updateMode', 'minReplicas'),
          resourcePolicy: {
            containerPolicies: fields(
              'containerName',
              'mode',
              'minAllowed',
              'maxAllowed',
              'controlledResources',
              'controlledValues',
            ),
          },
        },
      },
    },
  },
  'bitnami.com': {
    module: 'github.com/bitnami-labs/sealed-secrets@v0.27.1',
    licence: 'Apache-2.0',
    version: 'v1alpha1',
    kinds: { SealedSecret: { file: 'helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml' } },
  },
  'external-secrets.io': {
    module: 'github.com/external-secrets/external-secrets@v1.3.2',
    licence: 'Apache-2.0',
    version: 'v1',
    kinds: { ExternalSecret: { file: 'config/crds/bases/external-secrets.io_externalsecrets.yaml' } },
  },
  'gateway.networking.k8s.io': {
    module: 'sigs.k8s.io/gateway-api@v1.4.1',
    licence: 'Apache-2.0',
    version: 'v1',
    kinds: { HTTPRoute: { file: 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml' } },
  },
  'keda.sh': {
    module: 'github.com/kedacore/keda/v2@v2.21.0',
    licence: 'Apache-2.0',
    version: 'v1alpha1',
    kinds: {
      ScaledObject: {
        file: 'config/crd/bases/keda.sh_scaledobjects.yaml',
        keep: {
          ...fields('scaleTargetRef', 'pollingInterval', 'cooldownPeriod', 'idleReplicaCount', 'minReplicaCount'),
          ...fields('maxReplicaCount', 'fallback', 'triggers'),
          advanced: { ...fields('restoreToOriginalReplicaCount'), horizontalPodAutoscalerConfig: true },
        },
      },
      TriggerAuthentication: {
        file: 'config/crd/bases/keda.sh_triggerauthentications.yaml',
        keep: fields('secretTargetRef'),
      },
    },
  },
  'kustomize.toolkit.fluxcd.io': {
    module: 'github.com/fluxcd/kustomize-controller@v1.9.0',
    licence: 'Apache-2.0',
    version: 'v1',
    kinds: { Kustomization: { file: 'config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml' } },
  },
  'monitoring.coreos.com': {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    licence: 'Apache-2.0',
    version: 'v1',
    kinds: {
      Alertmanager: {
        file: `${OPERATOR_CRDS}_alertmanagers.yaml`,
        keep: { ...fields(...OPERATED, ...ALERTMANAGER), ...STORAGE },
      },
      AlertmanagerConfig: {
        file: `${OPERATOR_CRDS}_alertmanagerconfigs.yaml`,
        version: 'v1alpha1',
        keep: receiverSpec,
      },
      PodMonitor: {
        file: `${OPERATOR_CRDS}_podmonitors.yaml`,
        keep: {
          ...fields(...SELECTED),
          podMetricsEndpoints: fields(...RELABELED, 'port', 'portNumber', 'honorLabels', 'filterRunning'),
        },
      },
      Probe: {
        file: `${OPERATOR_CRDS}_probes.yaml`,
        keep: fields('jobName', 'prober', 'module', 'targets', 'interval', 'scrapeTimeout', ...LIMITS),
      },
      Prometheus: {
        file: `${OPERATOR_CRDS}_prometheuses.yaml`,
        keep: { ...fields(...OPERATED, ...PROMETHEUS), ...STORAGE },
      },
      PrometheusRule: { file: `${OPERATOR_CRDS}_prometheusrules.yaml` },
      ScrapeConfig: { file: `${OPERATOR_CRDS}_scrapeconfigs.yaml`, version: 'v1alpha1', keep: scrapeConfigSpec },
      ServiceMonitor: {
        file: `${OPERATOR_CRDS}_servicemonitors.yaml`,
        keep: {
          ...fields(...SELECTED),
          endpoints: fields(...RELABELED, 'port', 'targetPort', 'honorLabels', 'bearerTokenFile'),
        },
      },
    },
  },
  'networking.istio.io': {
    module: 'istio.io/api@v1.30.8',
    licence: 'Apache-2.0',
    version: 'v1',
    kinds: {
      VirtualService: {
        file: 'kubernetes/customresourcedefinitions.gen.yaml',
        keep: {
          ...fields('hosts', 'gateways'),
          http: {
            match: fields('uri', 'headers', 'method'),
            rewrite: fields('uri'),
            headers: { request: fields('set') },
            route: { destination: true, weight: true },
            mirrors: true,
          },
        },
      },
    },
  },
  'secrets-store.csi.x-k8s.io': {
    module: 'sigs.k8s.io/secrets-store-csi-driver@v1.5.3',
    licence: 'Apache-2.0',
    version: 'v1',
    kinds: { SecretProviderClass: { file: 'config/crd/bases/secrets-store.csi.x-k8s.io_secretproviderclasses.yaml' } },
  },
  'source.toolkit.fluxcd.io': {
    module: 'github.com/fluxcd/source-controller@v1.8.5',
    licence: 'Apache-2.0',
    version: 'v1',
    kinds: { GitRepository: { file: 'config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml' } },
  },
  'traefik.io': {
    module: 'github.com/traefik/traefik/v3@v3.7.9',
    licence: 'MIT',
    version: 'v1alpha1',
    kinds: {
      TraefikService: {
        file: 'docs/content/reference/dynamic-configuration/traefik.io_traefikservices.yaml',
        keep: {
          mirroring: {
            ...fields('kind', 'name', 'port', 'mirrorBody', 'maxBodySize'),
            mirrors: fields('kind', 'name', 'port', 'percent', 'nativeLB'),
          },
          weighted: {
            services: fields('kind', 'name', 'port', 'weight', 'nativeLB'),
            sticky: { cookie: fields('name', 'httpOnly', 'maxAge', 'path', 'sameSite') },
          },
        },
      },
      Middleware: {
        file: 'docs/content/reference/dynamic-configuration/traefik.io_middlewares.yaml',
        keep: { stripPrefix: fields('prefixes') },
      },
    },
  },
};

// ---- Go modules -> crds/*.yaml ----------------------------------------------------------------

/** A schema documents itself with a string; a *property* named description is a schema, so an object, and stays. */
const withoutDescriptions = (value) =>
  JSON.parse(JSON.stringify(value), (key, v) => (key === 'description' && typeof v === 'string' ? undefined : v));

/** The schema with only the properties named in `keep` (true: all of it; 'any': it may hold anything), looking through arrays. */
function prune(schema, keep, path) {
  if (keep === true) return schema;
  if (keep === 'any') return { type: schema.type, 'x-kubernetes-preserve-unknown-fields': true };
  if (schema.items) return { ...schema, items: prune(schema.items, keep, `${path}[]`) };
  const properties = {};
  for (const [name, below] of Object.entries(keep)) {
    if (!schema.properties?.[name])
      throw new Error(`${path} has no field ${name}: correct "keep" in imports/generate.mjs`);
    properties[name] = prune(schema.properties[name], below, `${path}.${name}`);
  }
  const required = schema.required?.filter((name) => name in keep);
  return { ...schema, properties, ...(required && { required }) };
}

/** The CRD with one version, and of its schema what a manifest may contain: no documentation, no status. */
function reduce(crd, version, keep = true) {
  const only = crd.spec.versions.find((v) => v.name === version && v.served);
  if (!only) throw new Error(`${crd.metadata.name} does not serve ${version}`);
  // Some definitions leave out what every object has, and the API server adds it.
  const general = ['apiVersion', 'kind', 'metadata'].filter((name) => only.schema.openAPIV3Schema.properties[name]);
  const openAPIV3Schema = prune(
    only.schema.openAPIV3Schema,
    { ...fields(...general), spec: keep },
    crd.spec.names.kind,
  );
  return withoutDescriptions({ ...crd, spec: { ...crd.spec, versions: [{ ...only, schema: { openAPIV3Schema } }] } });
}

/** The modules of a group, and the folder of each. */
function sourcesOf({ module, kinds }) {
  return new Map(Object.values(kinds).map((kind) => [kind.module ?? module, dirname(kind.file)]));
}

/** The comment that opens a group's CRD file, and in turn its generated constructs. */
function header(group) {
  const { licence, version, kinds } = group;
  const versions = [...new Set([version, ...Object.values(kinds).flatMap((kind) => kind.version ?? [])])];
  const pruned = Object.keys(kinds).filter((kind) => kinds[kind].keep);
  return [
    ...[...sourcesOf(group)].map(([module, folder]) => `# Source: Go module ${module} (${licence}), ${folder}\n`),
    `# Reduced by imports/generate.mjs to ${versions.join(' and ')}, without descriptions and status: not for installing into a cluster.\n`,
    ...(pruned.length ? [`# Pruned to the fields that "keep" lists there: ${pruned.join(', ')}.\n`] : []),
  ].join('');
}

function folderOf(module) {
  const said = execFileSync('go', ['mod', 'download', '-json', module], { cwd: tmpdir(), encoding: 'utf8' });
  return JSON.parse(said).Dir;
}

function crdFile(group) {
  const folders = new Map([...sourcesOf(group).keys()].map((module) => [module, folderOf(module)]));
  const crds = Object.entries(group.kinds).map(
    ([kind, { module = group.module, file, keep, version = group.version }]) => {
      const text = readFileSync(join(folders.get(module), file), 'utf8');
      const crd = loadAll(text).find((doc) => doc?.spec?.names.kind === kind);
      if (!crd) throw new Error(`${module} ${file} does not define ${kind}`);
      return `---\n${dump(reduce(crd, version, keep), { lineWidth: -1, noRefs: true })}`;
    },
  );
  return header(group) + crds.join('');
}

// ---- crds/*.yaml -> *.ts ----------------------------------------------------------------------

/** The CRDs of a file: documents however they are separated, with anchors and merge keys filled in. */
function crdsIn(name, text) {
  let documents;
  try {
    documents = loadAll(text, { schema: CORE_SCHEMA.withTags(mergeTag) });
  } catch (error) {
    throw new Error(`imports/${name} cannot be read: ${error.message.split('\n')[0]}`);
  }
  const crds = documents.filter((document) => document !== null && document !== undefined);
  const group = basename(name, '.yaml');
  for (const { kind, metadata, spec } of crds) {
    if (kind !== 'CustomResourceDefinition')
      throw new Error(
        `imports/${name} holds ${kind ?? 'something without a kind'}, ${metadata?.name ?? 'unnamed'}. Fix: leave only CustomResourceDefinitions in it`,
      );
    if (spec?.group !== group)
      throw new Error(
        `imports/${name} holds a kind of the group ${spec?.group}, and the importer writes a file per group. Fix: move it to imports/crds/${spec?.group}.yaml`,
      );
  }
  if (crds.length === 0) throw new Error(`imports/${name} holds no CustomResourceDefinition. Fix: remove it`);
  return crds;
}

/** Runs `cdk8s import` once for all CRDs, as starting it is most of the cost, and returns { 'group.ts': source }. */
function importCrds(crds) {
  const dir = mkdtempSync(join(tmpdir(), 'imports-'));
  try {
    const documents = crds.map((crd) => `---\n${dump(crd, { lineWidth: -1, noRefs: true })}`);
    writeFileSync(join(dir, 'crds.yaml'), documents.join(''));
    const cli = join(dirname(createRequire(import.meta.url).resolve('cdk8s-cli/package.json')), 'bin/cdk8s');
    execFileSync(
      process.execPath,
      [cli, 'import', 'crds.yaml', '--language', 'typescript', '--output', 'out', '--no-save'],
      {
        cwd: dir,
        env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    return readFolder(join(dir, 'out'), '.ts');
  } catch (error) {
    const said = /Error: (?:http error: )?(.*)/.exec(error.stderr?.toString() ?? '')?.[1];
    throw said ? new Error(`cdk8s import: ${said}`) : error;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The importer's output under the CRD file's header, with type-only imports marked as such (verbatimModuleSyntax). */
function finish(source, crdName, crds) {
  const imports = {
    "import { ApiObject, ApiObjectMetadata, GroupVersionKind } from 'cdk8s';":
      "import { ApiObject, type ApiObjectMetadata, type GroupVersionKind } from 'cdk8s';",
    "import { Construct } from 'constructs';": "import type { Construct } from 'constructs';",
  };
  for (const [theirs, ours] of Object.entries(imports)) {
    if (!source.includes(theirs))
      throw new Error(`the importer no longer writes "${theirs}": adapt imports/generate.mjs`);
    source = source.replace(theirs, ours);
  }
  const origin = crds.match(/^(#.*\n)*/)[0].replace(/^#/gm, '//');
  return `// Generated from ${crdName} by imports/generate.mjs. Do not edit.\n${origin}${source.trimEnd()}\n`;
}

// ---- Compare and write ------------------------------------------------------------------------

const here = dirname(fileURLToPath(import.meta.url));

/** { name: content } of the files in a folder. */
function readFolder(dir, extension, prefix = '') {
  const names = readdirSync(dir).filter((name) => name.endsWith(extension));
  return Object.fromEntries(names.map((name) => [prefix + name, readFileSync(join(dir, name), 'utf8')]));
}

/** The CRD files as they are, once each is known to be of the module and version declared above. */
function presentCrds() {
  const crds = readFolder(join(here, 'crds'), '.yaml', 'crds/');
  for (const [name, group] of Object.entries(GROUPS)) {
    if (crds[`crds/${name}.yaml`]?.startsWith(header(group))) continue;
    throw new Error(
      `crds/${name}.yaml is not of ${[...sourcesOf(group).keys()].join(' and ')}. Fix: run \`node imports/generate.mjs --from-modules\``,
    );
  }
  return crds;
}

function main(args) {
  const unknown = args.filter((arg) => arg !== '--from-modules' && arg !== '--check');
  if (unknown.length) throw new Error(`unknown argument ${unknown.join(' ')}`);
  const refresh = args.includes('--from-modules');

  const crds = refresh
    ? Object.fromEntries(Object.entries(GROUPS).map(([name, group]) => [`crds/${name}.yaml`, crdFile(group)]))
    : presentCrds();
  const want = { ...crds };
  const parsed = Object.fromEntries(Object.entries(crds).map(([name, text]) => [name, crdsIn(name, text)]));
  const sources = importCrds(Object.values(parsed).flat());
  const errors = [];
  for (const [crdName, definitions] of Object.entries(parsed)) {
    const name = `${basename(crdName, '.yaml')}.ts`;
    try {
      checkGenerated(sources[name], definitions);
      want[name] = finish(sources[name], crdName, crds[crdName]);
    } catch (error) {
      errors.push(`imports/${crdName}: ${error.message}`);
    }
  }
  if (errors.length) throw new Error(errors.join('\n  '));
  const have = { ...readFolder(join(here, 'crds'), '.yaml', 'crds/'), ...readFolder(here, '.ts') };
  const changed = Object.keys({ ...have, ...want }).filter((name) => have[name] !== want[name]);

  if (args.includes('--check')) {
    if (!changed.length) return;
    const command = `node imports/generate.mjs${refresh ? ' --from-modules' : ''}`;
    throw new Error(`out of date: ${changed.join(', ')}. Fix: run \`${command}\`; these files are never edited`);
  }
  for (const name of changed) {
    if (name in want) writeFileSync(join(here, name), want[name]);
    else rmSync(join(here, name));
    console.log(`${name in want ? 'wrote' : 'removed'} imports/${name}`);
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(`imports/generate.mjs: ${error.message}`);
  process.exitCode = 1;
}
