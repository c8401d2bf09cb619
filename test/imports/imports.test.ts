import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chart, Testing } from 'cdk8s';
import { loadAll } from 'js-yaml';
import {
  Application,
  ApplicationSet,
  AppProject,
  ApplicationSetSpecStrategyRollingSyncStepsMaxUpdate as MaxUpdate,
} from '../../imports/argoproj.io';
import {
  ExternalSecretSpecTargetCreationPolicy as CreationPolicy,
  ExternalSecret,
} from '../../imports/external-secrets.io';
import { HttpRoute, HttpRouteSpecRulesMatchesPathType as PathType } from '../../imports/gateway.networking.k8s.io';

const root = join(__dirname, '../..');
const crdDir = join(root, 'imports/crds');
const crdFiles = readdirSync(crdDir).map((name) => [name, readFileSync(join(crdDir, name), 'utf8')] as const);

test('regenerating changes nothing, and --check names what is not generated', () => {
  const copy = mkdtempSync(join(tmpdir(), 'imports-'));
  try {
    cpSync(join(root, 'imports'), join(copy, 'imports'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    writeFileSync(join(copy, 'imports/old.ts'), '');

    // One run proves both: the file added here is the only one it finds.
    const { status, stderr } = spawnSync(process.execPath, ['imports/generate.mjs', '--check'], {
      cwd: copy,
      encoding: 'utf8',
    });
    expect(stderr).toBe(
      'imports/generate.mjs: out of date: old.ts. Fix: run `node imports/generate.mjs`; these files are never edited\n',
    );
    expect(status).toBe(1);
  } finally {
    rmSync(copy, { recursive: true });
  }
});

describe('the CRDs', () => {
  test.each(crdFiles)('%s names its source and carries no documentation', (_name, content) => {
    expect(content).toMatch(/^# Source: Go module \S+@v\S+ \((Apache-2\.0|MIT)\)/);
    expect(content).not.toMatch(/^[ -]*description: *\S/m);
  });

  test('have one version each, some of them one that may still change', () => {
    type Crd = { spec: { group: string; names: { kind: string }; versions: { name: string }[] } };
    const crds = crdFiles.flatMap(([, content]) => loadAll(content) as Crd[]);
    expect(
      crds.map(({ spec }) => `${spec.group}/${spec.versions.map((v) => v.name).join()} ${spec.names.kind}`).sort(),
    ).toEqual([
      'argoproj.io/v1alpha1 AnalysisTemplate',
      'argoproj.io/v1alpha1 AppProject',
      'argoproj.io/v1alpha1 Application',
      'argoproj.io/v1alpha1 ApplicationSet',
      'argoproj.io/v1alpha1 Rollout',
      'autoscaling.k8s.io/v1 VerticalPodAutoscaler',
      'bitnami.com/v1alpha1 SealedSecret',
      'external-secrets.io/v1 ExternalSecret',
      'gateway.networking.k8s.io/v1 HTTPRoute',
      'keda.sh/v1alpha1 ScaledObject',
      'keda.sh/v1alpha1 TriggerAuthentication',
      'kustomize.toolkit.fluxcd.io/v1 Kustomization',
      'monitoring.coreos.com/v1 Alertmanager',
      'monitoring.coreos.com/v1 PodMonitor',
      'monitoring.coreos.com/v1 Probe',
      'monitoring.coreos.com/v1 Prometheus',
      'monitoring.coreos.com/v1 PrometheusRule',
      'monitoring.coreos.com/v1 ServiceMonitor',
      'monitoring.coreos.com/v1alpha1 AlertmanagerConfig',
      'monitoring.coreos.com/v1alpha1 ScrapeConfig',
      'networking.istio.io/v1 VirtualService',
      'secrets-store.csi.x-k8s.io/v1 SecretProviderClass',
      'source.toolkit.fluxcd.io/v1 GitRepository',
      'traefik.io/v1alpha1 Middleware',
      'traefik.io/v1alpha1 TraefikService',
    ]);
  });
});

describe('the constructs render', () => {
  const render = (add: (chart: Chart) => void) => {
    const chart = Testing.chart();
    add(chart);
    return Testing.synth(chart)[0];
  };
  const source = { repoUrl: 'https://git.example/repo', path: 'apps/web', targetRevision: 'main' };
  const destination = { name: 'prod', namespace: 'web' };

  test('Application', () => {
    const app = render(
      (chart) =>
        new Application(chart, 'it', {
          metadata: { name: 'web' },
          spec: {
            project: 'shop',
            source: { ...source, helm: { valuesObject: { any: ['thing'] } } },
            destination,
            syncPolicy: { automated: { prune: true } },
          },
        }),
    );
    expect(app).toEqual({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'web' },
      spec: {
        project: 'shop',
        source: {
          repoURL: 'https://git.example/repo',
          path: 'apps/web',
          targetRevision: 'main',
          helm: { valuesObject: { any: ['thing'] } },
        },
        destination,
        syncPolicy: { automated: { prune: true } },
      },
    });
  });

  test('ApplicationSet', () => {
    const set = render(
      (chart) =>
        new ApplicationSet(chart, 'it', {
          metadata: { name: 'web' },
          spec: {
            goTemplate: true,
            goTemplateOptions: ['missingkey=error'],
            generators: [{ list: { elements: [{ cluster: 'prod' }] } }],
            strategy: {
              type: 'RollingSync',
              rollingSync: {
                steps: [{ maxUpdate: MaxUpdate.fromString('50%') }, { maxUpdate: MaxUpdate.fromNumber(1) }],
              },
            },
            template: { metadata: { name: 'web-{{.cluster}}' }, spec: { project: 'shop', source, destination } },
          },
        }),
    );
    expect(set).toMatchObject({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationSet',
      spec: {
        generators: [{ list: { elements: [{ cluster: 'prod' }] } }],
        strategy: { rollingSync: { steps: [{ maxUpdate: '50%' }, { maxUpdate: 1 }] } },
        template: { metadata: { name: 'web-{{.cluster}}' }, spec: { source: { repoURL: 'https://git.example/repo' } } },
      },
    });
  });

  test('AppProject, whose field named description is no documentation', () => {
    const project = render(
      (chart) =>
        new AppProject(chart, 'it', {
          metadata: { name: 'shop' },
          spec: { description: 'The shop', destinations: [destination] },
        }),
    );
    expect(project).toMatchObject({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      spec: { description: 'The shop', destinations: [destination] },
    });
  });

  test('ExternalSecret', () => {
    const secret = render(
      (chart) =>
        new ExternalSecret(chart, 'it', {
          spec: {
            secretStoreRef: { name: 'vault' },
            target: { creationPolicy: CreationPolicy.OWNER },
            data: [{ secretKey: 'password', remoteRef: { key: 'db' } }],
          },
        }),
    );
    expect(secret).toMatchObject({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      spec: {
        secretStoreRef: { name: 'vault' },
        target: { creationPolicy: 'Owner' },
        data: [{ secretKey: 'password', remoteRef: { key: 'db' } }],
      },
    });
  });

  test('HTTPRoute', () => {
    const route = render(
      (chart) =>
        new HttpRoute(chart, 'it', {
          spec: {
            parentRefs: [{ name: 'public' }],
            hostnames: ['web.example'],
            rules: [
              {
                matches: [{ path: { type: PathType.PATH_PREFIX, value: '/' } }],
                backendRefs: [{ name: 'web', port: 80 }],
              },
            ],
          },
        }),
    );
    expect(route).toMatchObject({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      spec: {
        hostnames: ['web.example'],
        rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [{ name: 'web', port: 80 }] }],
      },
    });
  });

  test('only what the schema has: a misspelt or pruned field is a type error', () => {
    // @ts-expect-error: "projekt" is no field of a spec
    void (() => new Application(Testing.chart(), 'it', { spec: { project: 'shop', projekt: 'shop', destination } }));
    void (() =>
      new ApplicationSet(Testing.chart(), 'it', {
        // @ts-expect-error: generators other than list are pruned
        spec: { generators: [{ git: {} }], template: { metadata: {}, spec: { project: 'shop', destination } } },
      }));
  });
});
