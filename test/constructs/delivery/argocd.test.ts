import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namespaceOf } from '../../../composition/platform';
import { argoObjects } from '../../../constructs/delivery/argocd';
import type { Delivered, Delivery } from '../../../constructs/delivery/delivery';
import { deliverySettings } from '../../../constructs/delivery/delivery';
import { fluxObjects } from '../../../constructs/delivery/flux';
import { matrix } from '../../../environments/matrix';
import { deliveryFacts } from '../../../model/delivered';
import type { KubernetesObject } from '../../../model/kubernetes';
import { because } from '../../../model/layers';
import { excluded, Matrix, target } from '../../../model/matrix';
import { course } from '../../../platform';
import { toYaml } from '../../../render/yaml';
import { verifyManifests } from '../../../verify';
import { aCluster, anEnvironment } from '../../model/support';
import { composed, refusal } from '../../support/render';

const [dev, staging, prod] = ['dev', 'staging', 'prod'].map((name) => {
  return matrix.environments.find((environment) => environment.name === name)!;
}) as [(typeof matrix.environments)[0], (typeof matrix.environments)[0], (typeof matrix.environments)[0]];
const DELIVERY: Required<Delivery> = {
  repoUrl: 'https://git.example.com/rendered.git',
  revision: 'v1',
  folder: 'trees',
  argoNamespace: 'argo',
  progressive: [dev, [staging], prod],
  flux: { namespace: 'flux', interval: '10m', secret: 'git' },
  kubectl: true,
};

interface Source {
  readonly repoURL: string;
  readonly targetRevision: string;
  readonly path: string;
}
interface ApplicationSpec {
  readonly project: string;
  readonly source: Source;
  readonly destination: { readonly name: string; readonly namespace: string };
  readonly ignoreDifferences?: readonly { readonly kind: string; readonly name: string }[];
  readonly syncPolicy: { readonly automated?: object; readonly syncOptions: readonly string[] };
}
interface GroupKind {
  readonly group: string;
  readonly kind: string;
}
type Application = KubernetesObject & { readonly spec: ApplicationSpec };
type AppProject = KubernetesObject & {
  readonly spec: {
    readonly sourceRepos: readonly string[];
    readonly destinations: readonly { readonly name: string; readonly namespace: string }[];
    readonly clusterResourceWhitelist: readonly GroupKind[];
    readonly namespaceResourceWhitelist: readonly GroupKind[];
  };
};
interface Own {
  readonly metadata?: object;
  readonly spec: Partial<ApplicationSpec>;
}
type ApplicationSet = KubernetesObject & {
  readonly spec: {
    readonly syncPolicy: { readonly preserveResourcesOnDeletion: boolean };
    readonly generators: readonly {
      readonly list: { readonly elements: readonly (Readonly<Record<string, string>> & { readonly own: Own })[] };
    }[];
    readonly strategy?: {
      readonly rollingSync: {
        readonly steps: readonly { readonly matchExpressions: readonly { readonly values: readonly string[] }[] }[];
      };
    };
    readonly templatePatch: string;
    readonly template: {
      readonly metadata: { readonly name: string; readonly labels: object };
      readonly spec: ApplicationSpec;
    };
  };
};

function deliveredAs(of: Delivered['target'], namespace: string, objects: readonly KubernetesObject[]): Delivered {
  const references = objects.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, ...metadata }));
  return { target: of, namespace, objects: references, facts: deliveryFacts(objects) };
}
const delivered = matrix.targets().map((each) => deliveredAs(each, namespaceOf(each, course), composed(each).all));
const files = new Map(argoObjects(course.name, DELIVERY, delivered).map(({ file, objects }) => [file, objects]));
const projects = files.get('argocd/projects.yaml') as readonly AppProject[];
const applications = files.get('argocd/applications/applications.yaml') as readonly Application[];
const [set, ...otherSets] = files.get('argocd/applicationset.yaml') as readonly ApplicationSet[];

test('every application is compared by the server, in the set, too', () => {
  const compared = { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' };
  for (const { metadata } of applications) expect(metadata.annotations).toMatchObject(compared);
  expect(set!.spec.template.metadata).toMatchObject({ annotations: compared });
});

test('every target has an application, every environment a project, in the namespace of Argo CD', () => {
  const targets = matrix.targets();
  expect(applications.map(({ metadata }) => metadata.name)).toEqual(
    targets.map(({ environment, cluster }) => `course-${environment.name}-${cluster.name}`),
  );
  expect(projects.map(({ metadata }) => metadata.name)).toEqual(['course-dev', 'course-staging', 'course-prod']);
  for (const { metadata } of [...applications, ...projects]) expect(metadata.namespace).toBe('argo');
  expect(applications.map(({ spec }) => spec.project)).toEqual(
    targets.map(({ environment }) => `course-${environment.name}`),
  );
  expect(otherSets).toEqual([]);
});

test.each(projects.map((project) => [project.metadata.name, project] as const))(
  'project %s allows just what is rendered, and where',
  (name, { spec }) => {
    const own = delivered.filter(({ target: { environment } }) => `course-${environment.name}` === name);
    const objects = own.flatMap((each) => each.objects);
    const groupKind = ({ apiVersion, kind }: { apiVersion: string; kind: string }) =>
      `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${kind}`;
    const rendered = (inNamespace: boolean) =>
      [...new Set(objects.filter(({ namespace }) => (namespace !== undefined) === inNamespace).map(groupKind))].sort();
    const allowed = (list: readonly GroupKind[]) => list.map(({ group, kind }) => `${group}/${kind}`);
    expect(allowed(spec.clusterResourceWhitelist)).toEqual(rendered(false));
    expect(allowed(spec.namespaceResourceWhitelist)).toEqual(rendered(true));
    const places = own.flatMap(({ target: { cluster }, objects: all }) =>
      all.flatMap(({ namespace }) => (namespace ? [`${cluster.argoCluster} ${namespace}`] : [])),
    );
    expect(spec.destinations.map((each) => `${each.name} ${each.namespace}`)).toEqual([...new Set(places)].sort());
    expect(spec.sourceRepos).toEqual([DELIVERY.repoUrl]);
  },
);

test("an application reads its target's folder and writes to its cluster", () => {
  applications.forEach(({ spec }, i) => {
    const { target } = delivered[i]!;
    expect(spec.source).toEqual({ repoURL: DELIVERY.repoUrl, targetRevision: 'v1', path: `trees/${target.path}` });
    expect(spec.destination).toEqual({ name: target.cluster.argoCluster, namespace: namespaceOf(target, course) });
  });
});

test('a tree at the root of its repository has paths without a folder', () => {
  const [application] = argoObjects(course.name, { ...DELIVERY, folder: '' }, delivered)[2]!
    .objects as readonly Application[];
  expect(application?.spec.source.path).toBe('kind/dev');
});

test('the set makes the very same applications', () => {
  const { generators, template, templatePatch } = set!.spec;
  const made = generators
    .flatMap(({ list }) => list.elements)
    .map((element) => {
      const fill = (text: string) =>
        text.replace(/\{\{ \.(\w+) \}\}/g, (_, key: string) => String(element[key] ?? `no ${key}`));
      const { metadata, spec } = JSON.parse(fill(JSON.stringify(template))) as typeof template;
      // Argo CD lays the patch over what the template makes.
      expect(templatePatch).toBe('{{ toJson .own }}');
      const { own } = element;
      const syncPolicy = { ...spec.syncPolicy, ...own.spec.syncPolicy };
      return { ...metadata, ...own.metadata, spec: { ...spec, ...own.spec, syncPolicy } };
    });
  expect(made).toEqual(
    applications.map(({ metadata: { namespace: _, ...metadata }, spec }) => ({ ...metadata, spec })),
  );
});

test('deleting the set deletes nothing that runs', () => {
  expect(set?.spec.syncPolicy.preserveResourcesOnDeletion).toBe(true);
  for (const { metadata } of applications) expect(metadata).not.toHaveProperty('finalizers');
});

test('who pauses an application to go back by hand finds it paused still when the set is worked out again', () => {
  const kept = (set as unknown as { readonly spec: { readonly preservedFields?: unknown } }).spec.preservedFields;
  expect(kept).toEqual({ annotations: ['argocd.argoproj.io/skip-reconcile'] });
});

test('the replicas of what an autoscaler scales are no drift, and nothing else is left to others', () => {
  const of = (name: string) => applications.find(({ metadata }) => metadata.name === name)!.spec;
  expect(of('course-prod-cloud').ignoreDifferences).toEqual([
    { group: 'apps', kind: 'Deployment', namespace: 'course-prod', name: 'web', jsonPointers: ['/spec/replicas'] },
  ]);
  // No autoscaler there.
  expect(of('course-dev-shared')).not.toHaveProperty('ignoreDifferences');
});

test('old configs go when everything new is healthy', () => {
  const { syncPolicy } = applications[0]!.spec;
  expect(syncPolicy.automated).toEqual({ prune: true, selfHeal: true });
  expect(syncPolicy.syncOptions).toEqual(
    expect.arrayContaining(['PruneLast=true', 'RespectIgnoreDifferences=true', 'ServerSideApply=true']),
  );
});

test('the environments are delivered one after the other, and Argo CD is told to do so', () => {
  const steps = set!.spec.strategy!.rollingSync.steps.map(({ matchExpressions }) => matchExpressions[0]!.values);
  expect(steps).toEqual([['dev'], ['staging'], ['prod']]);
  const labelled = set!.spec.generators[0]!.list.elements.map(({ environment }) => environment!);
  expect(labelled.filter((name) => !steps.flat().includes(name))).toEqual([]);
  const settings = files.get('argocd/settings/settings.yaml')!;
  expect(settings.filter(({ metadata }) => metadata.name === 'argocd-cmd-params-cm')).toMatchObject([
    {
      metadata: { namespace: 'argo', labels: { 'app.kubernetes.io/part-of': 'argocd' } },
      data: { 'applicationsetcontroller.enable.progressive.syncs': 'true' },
    },
  ]);
});

test('without an order all are delivered at once, and nothing of Argo CD has to change', () => {
  const { progressive: _, ...rest } = DELIVERY;
  // On the shared cluster, and with a queue, there are kinds that Argo CD knows nothing of.
  const known = delivered.filter(
    ({ target: { cluster, features } }) =>
      cluster.name !== 'shared' && !features.some(({ name }) => name === 'work-queue'),
  );
  const made = argoObjects(course.name, rest, known);
  expect(made.map(({ file }) => file)).not.toContain('argocd/settings/settings.yaml');
  expect(made[1]!.objects[0]).not.toHaveProperty('spec.strategy');
});

test.each([
  ['leaves an environment out', [dev, staging], 'does not name environment prod'],
  ['names one twice', [dev, [staging, dev], prod], 'names environment dev twice'],
])('an order that %s is refused', (_, progressive, found) => {
  expect(refusal(() => argoObjects(course.name, { ...DELIVERY, progressive }, delivered)).found).toContain(found);
});

describe('what an environment says of its delivery', () => {
  const [a, b] = [aCluster('a'), aCluster('b')];
  const careful = anEnvironment('careful', {
    settings: {
      delivery: {
        prune: because(false, 'a person looks first'),
        selfHeal: because(false, 'people repair by hand at night'),
        revision: because('v1.2.3', 'promoted by tag'),
        notify: because(
          [
            { on: 'on-sync-failed', by: 'slack', to: ['ops', 'shop'] },
            { on: 'on-deployed', by: 'email', to: ['boss@example.com'] },
          ],
          'people are called',
        ),
      },
    },
  });
  const manual = anEnvironment('manual', {
    settings: { delivery: { automated: because(false, 'an audit each quarter') } },
  });
  const own = new Matrix(
    [deliverySettings],
    target(careful, a, []),
    target(manual, a, []),
    target(manual, b, []),
    excluded(careful, b, 'x'),
  );
  const all = own.targets().map((each) => deliveredAs(each, each.environment.name, []));
  const { progressive: _, ...delivery } = DELIVERY;
  const made = argoObjects('shop', delivery, all);
  const [first, second] = made[2]!.objects as readonly Application[];

  test('holds for its applications, one by one and in the set', () => {
    expect(first!.spec.syncPolicy.automated).toEqual({ prune: false, selfHeal: false });
    expect(second!.spec.syncPolicy).not.toHaveProperty('automated');
    expect(first!.spec.source.targetRevision).toBe('v1.2.3');
    expect(second!.spec.source.targetRevision).toBe('v1');
    expect(first!.metadata.annotations).toEqual({
      'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
      'notifications.argoproj.io/subscribe.on-sync-failed.slack': 'ops;shop',
      'notifications.argoproj.io/subscribe.on-deployed.email': 'boss@example.com',
    });
  });

  test('brings the triggers that are used, and no other', () => {
    const [config] = made[3]!.objects;
    expect(config).toMatchObject({ metadata: { name: 'argocd-notifications-cm' } });
    expect(Object.keys(config!['data'] as object)).toEqual([
      'template.app-deployed',
      'template.app-sync-failed',
      'trigger.on-deployed',
      'trigger.on-sync-failed',
    ]);
  });

  test('holds for Flux as far as Flux has such a choice', () => {
    const [file] = fluxObjects('shop', delivery, all);
    expect(file!.objects).toMatchObject([
      { kind: 'GitRepository', metadata: { name: 'shop-careful' }, spec: { ref: { tag: 'v1.2.3' } } },
      { kind: 'GitRepository', metadata: { name: 'shop' }, spec: { ref: { branch: 'v1' } } },
      { metadata: { name: 'shop-careful-a' }, spec: { prune: false, sourceRef: { name: 'shop-careful' } } },
      { metadata: { name: 'shop-manual-a' }, spec: { prune: true, suspend: true } },
    ]);
  });

  test.each([
    [[{ on: 'on-failed', by: 'slack', to: ['x'] }], 'is on none of on-sync-failed'],
    [[{ on: 'on-deployed', by: 'Slack!', to: ['x'] }], 'names no service'],
    [[{ on: 'on-deployed', by: 'slack', to: [] }], 'goes to nobody'],
    [{}, 'not a list'],
  ])('is checked: %j', (value, problem) => expect(deliverySettings.fields.notify.problem(value)).toContain(problem));
});

describe('Flux', () => {
  const made = new Map(fluxObjects(course.name, DELIVERY, delivered).map(({ file, objects }) => [file, objects]));

  test('has a file for each cluster, with one source and a Kustomization for each target', () => {
    expect([...made.keys()]).toEqual(['flux/kind/flux.yaml', 'flux/shared/flux.yaml', 'flux/cloud/flux.yaml']);
    expect(made.get('flux/cloud/flux.yaml')!.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      'GitRepository/course',
      'Kustomization/course-staging-cloud',
      'Kustomization/course-prod-cloud',
    ]);
  });

  test('reads the folder of the target, and waits for just its workloads', () => {
    const [source, kustomization] = made.get('flux/kind/flux.yaml')!;
    expect(source).toMatchObject({ spec: { url: DELIVERY.repoUrl, secretRef: { name: 'git' }, interval: '10m' } });
    expect(kustomization).toMatchObject({
      metadata: { name: 'course-dev-kind', namespace: 'flux' },
      spec: { path: './trees/kind/dev', prune: true, deletionPolicy: 'Orphan', timeout: '600s' },
    });
    const { healthChecks } = kustomization!['spec'] as { healthChecks: { kind: string; name: string }[] };
    const workloads = composed(matrix.targets(['dev@kind'])[0]!).all.filter(({ kind }) =>
      ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind),
    );
    expect(healthChecks.map(({ kind, name }) => `${kind}/${name}`).sort()).toEqual(
      workloads.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort(),
    );
    expect(kustomization).not.toHaveProperty('spec.targetNamespace');
  });

  test('an environment waits for the one before it on the same cluster', () => {
    const waits = (file: string) =>
      made.get(file)!.flatMap(({ spec, metadata }) => {
        const { dependsOn } = spec as { dependsOn?: { name: string }[] };
        return dependsOn ? [[metadata.name, ...dependsOn.map(({ name }) => name)]] : [];
      });
    expect(waits('flux/shared/flux.yaml')).toEqual([
      ['course-staging-shared', 'course-dev-shared'],
      ['course-prod-shared', 'course-staging-shared'],
    ]);
    expect(waits('flux/cloud/flux.yaml')).toEqual([['course-prod-cloud', 'course-staging-cloud']]);
  });

  test.each([
    ['git@git.example.com:shop/tree.git', 'ssh://git@git.example.com/shop/tree.git'],
    ['ssh://git@git.example.com/shop.git', 'ssh://git@git.example.com/shop.git'],
  ])('an address %s becomes %s', (repoUrl, url) => {
    expect(fluxObjects('shop', { ...DELIVERY, repoUrl }, delivered)[0]!.objects[0]).toMatchObject({ spec: { url } });
  });

  test.each([
    ['main', { branch: 'main' }],
    ['v1.2.0', { tag: 'v1.2.0' }],
    ['refs/tags/x', { name: 'refs/tags/x' }],
    // Of a short one Flux finds no commit; a branch may be called so.
    ['0123456', { branch: '0123456' }],
    ['0123456789abcdef0123456789abcdef0123456', { branch: '0123456789abcdef0123456789abcdef0123456' }],
    ['0123456789ABCDEF0123456789ABCDEF01234567', { branch: '0123456789ABCDEF0123456789ABCDEF01234567' }],
    ['0123456789abcdef0123456789abcdef01234567', { commit: '0123456789abcdef0123456789abcdef01234567' }],
  ])('the revision %s is %j', (revision, ref) => {
    expect(fluxObjects('shop', { ...DELIVERY, revision }, delivered)[0]!.objects[0]).toHaveProperty('spec.ref', ref);
  });

  test('there is none where nobody asked, and none of Argo CD either', () => {
    const { flux: _, argoNamespace: __, ...neither } = DELIVERY;
    expect(fluxObjects('shop', neither, delivered)).toEqual([]);
    expect(argoObjects('shop', neither, delivered)).toEqual([]);
  });
});

test('the definitions of Argo CD and Flux accept all of it, field by field', async () => {
  const folder = join(__dirname, '../../../imports/crds');
  const definitions = readdirSync(folder)
    .filter((name) => /argoproj|fluxcd/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  const judged = (objects: readonly KubernetesObject[]) =>
    verifyManifests({ text: [...definitions, ...objects.map(toYaml)].join('---\n') }, { only: ['cr-schema'] })
      .findings.filter(({ object }) => !object.startsWith('CustomResourceDefinition/'))
      .map(({ object, path, message }) => `${object} ${path}: ${message}`);
  const all = [
    ...files.values(),
    ...fluxObjects(course.name, DELIVERY, delivered).map(({ objects }) => objects),
  ].flat();
  expect(judged(all)).toEqual([]);
  const wrong = all.map((object) =>
    object.kind === 'Kustomization' ? { ...object, spec: { ...(object['spec'] as object), retries: 3 } } : object,
  );
  expect(judged(wrong).length).toBeGreaterThan(0);
});
