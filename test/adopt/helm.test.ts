import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesOf } from '../../adopt/code/project';
import { planOf } from '../../adopt/plan';
import { sourceAt } from '../../cli/adopt/source';
import { newFolder } from '../render/support';
import { Written } from './written';

const installed = spawnSync('helm', ['version']).status === 0;
const withHelm = installed ? describe : describe.skip;

/** What `helm create` makes, with these files instead or more. */
function chartWith(files: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  execFileSync('helm', ['create', 'web'], { cwd: folder });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'web', path)), { recursive: true });
    writeFileSync(join(folder, 'web', path), text);
  }
  return join(folder, 'web');
}

const DEV = 'replicaCount: 1\nimage: { tag: dev }\n';
const PROD = `replicaCount: 3
autoscaling: { enabled: true, minReplicas: 3, maxReplicas: 9 }
ingress: { enabled: true, hosts: [{ host: shop.example.com, paths: [{ path: /, pathType: Prefix }] }] }
resources: { limits: { memory: 128Mi }, requests: { cpu: 100m, memory: 64Mi } }
`;
const MIGRATION = `apiVersion: batch/v1
kind: Job
metadata: { name: {{ .Release.Name }}-migrate, namespace: {{ .Release.Namespace }}, annotations: { helm.sh/hook: pre-install } }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: migrate, image: "example.com/migrate:{{ .Values.image.tag | default "1" }}" }] } } }
`;
const DEFINITION = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec: { group: example.com, scope: Namespaced, names: { kind: Widget, plural: widgets }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }] }
`;
const CHARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'as helm creates it': {},
  'with several files of values': { 'values-dev.yaml': DEV, 'prod.values.yaml': PROD },
  'with definitions and hooks': {
    'values-dev.yaml': DEV,
    'values-prod.yaml': PROD,
    'crds/widget.yaml': DEFINITION,
    'templates/migration.yaml': MIGRATION,
  },
};

withHelm(`a chart${installed ? '' : ' (skipped: helm is not installed)'}`, () => {
  test.each(Object.entries(CHARTS))('%s is rendered by the written code, which lints', (_, files) => {
    const plan = planOf(sourceAt(chartWith(files), 'shop'));
    const written = new Written(plan);
    try {
      expect(plan.environments.every(({ wanted }) => wanted.length > 2)).toBe(true);
      expect(written.differences()).toEqual([]);
      expect(written.linterSays()).toBe('');
    } finally {
      written.remove();
    }
  });

  test('has a setting where values make a field differ, and a feature for what only some of them bring', () => {
    const code = Object.fromEntries(
      filesOf(planOf(sourceAt(chartWith(CHARTS['with several files of values']!), 'shop'))),
    );
    expect(code['environments/dev.ts']).toContain("tag: because('dev', 'values-dev.yaml')");
    expect(code['environments/matrix.ts']).toContain('target(prod, prodCluster, [webInProd])');
    expect(code['features/web-in-prod.ts']).toContain('satisfies HorizontalPodAutoscaler');
  });

  describe('has an environment for each file of values', () => {
    const replicas = (files: Readonly<Record<string, string>>, given: Parameters<typeof sourceAt>[2] = {}) =>
      planOf(sourceAt(chartWith(files), 'shop', given)).environments.map(({ name, wanted }) => {
        const { spec } = wanted.find(({ kind }) => kind === 'Deployment') as { spec?: { replicas?: number } };
        return [name, spec?.replicas];
      });
    const count = (number: number) => `replicaCount: ${number}\n`;

    test.each([
      ['beside its own', { 'values-dev.yaml': count(2), 'prod.values.yml': count(3) }],
      ['in a folder', { 'values/dev.yaml': count(2), 'values/prod.yaml': count(3) }],
      ['in folders of environments', { 'env/dev/values.yaml': count(2), 'environments/values-prod.yaml': count(3) }],
    ])('%s', (_, files) =>
      expect(replicas(files).sort()).toEqual([
        ['dev', 2],
        ['prod', 3],
      ]),
    );
    test('called by its folders where two would be called the same', () =>
      expect(replicas({ 'env/eu/prod.yaml': count(2), 'env/us/prod.yaml': count(3) })).toEqual([
        ['env-eu-prod', 2],
        ['env-us-prod', 3],
      ]));
    test('but none for YAML of other folders, nor for what holds no values', () =>
      expect(
        replicas({
          'ci/test-values.yaml': count(2),
          'values/list.yaml': '[1]\n',
          'values/note.txt': 'replicaCount: 7',
        }),
      ).toEqual([['default', 1]]));
    test('that is given, wherever it stands, and for no other one', () => {
      const folder = newFolder();
      for (const [name, number] of [['prod-eu', 4] as const, ['prod-us', 5] as const])
        writeFileSync(join(folder, `${name}.yaml`), count(number));
      const values = ['prod-eu', 'prod-us'].map((name) => join(folder, `${name}.yaml`));
      expect(replicas({ 'values-dev.yaml': count(2) }, { values })).toEqual([
        ['prod-eu', 4],
        ['prod-us', 5],
      ]);
    });
    test.each([
      ['is no file', () => replicas({}, { values: ['nowhere.yaml'] })],
      ['helm cannot render it', () => replicas({ 'values/prod.yaml': '{ a: [\n' })],
    ])('or an error: %s', (said, act) => expect(act).toThrow(said));
  });

  test('alone has files of values', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n');
    expect(() => sourceAt(folder, 'shop', { values: ['a.yaml'] })).toThrow(/is no chart, and only charts have values/);
  });

  test('is installed under the name and into the namespace that are given', () => {
    const plan = planOf(
      sourceAt(chartWith(CHARTS['with definitions and hooks']!), 'shop', { release: 'tea', namespace: 'shop' }),
    );
    const names = plan.environments[0]!.wanted.map(
      ({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}`,
    );
    expect(names).toContain('Job/shop/tea-migrate');
    expect(names).toContain('Deployment/shop/tea-web');
    expect(names).toContain('CustomResourceDefinition/undefined/widgets.example.com');
    expect(names.filter((name) => name.startsWith('Pod/'))).toEqual([]);
  });

  test('may have templates that could ask the cluster, and do not', () => {
    const files = {
      'templates/x.yaml':
        '{{ if .Values.keep }}{{ lookup "v1" "Secret" "a" "b" }}{{ end }}\n# how to lookup "names"\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n',
    };
    const { environments } = planOf(sourceAt(chartWith(files), 'shop'));
    expect(environments[0]!.wanted.map(({ kind }) => kind)).toContain('ConfigMap');
  });

  test.each([
    [
      'renders something else each time',
      {
        'templates/x.yaml':
          'apiVersion: v1\nkind: Secret\nmetadata: { name: x }\nstringData: { p: {{ randAlphaNum 8 }} }\n',
      },
    ],
    [
      'templates/x.yaml asks the cluster for an object (lookup)',
      {
        'templates/x.yaml':
          '{{ $old := lookup "v1" "Secret" .Release.Namespace "x" }}\napiVersion: v1\nkind: Secret\nmetadata: { name: x }\ndata: {{ $old.data | default dict | toJson }}\n',
      },
    ],
    [
      'templates/more.tpl asks the cluster for an object (lookup)',
      {
        'templates/more.tpl':
          '{{ define "there" }}{{ if (lookup "v1" "Namespace" "" "shop") }}yes{{ else }}no{{ end }}{{ end }}',
        'templates/x.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata: { there: {{ include "there" . | quote }} }\n',
      },
    ],
    [
      'charts/sub/templates/x.yaml asks the cluster for an object (lookup)',
      {
        'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 0.1.0\n',
        'charts/sub/templates/x.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata: { n: {{ len (lookup "v1" "Pod" "a" "") | quote }} }\n',
      },
    ],
    ['helm cannot render it', { 'templates/x.yaml': '{{ .Values.none.of.these }}\n' }],
    ['helm cannot render it', { 'values-prod.yaml': 'image: 1\n' }],
  ])('that cannot be compared is refused: %s', (said, files) => {
    expect(() => sourceAt(chartWith(files), 'shop')).toThrow(said);
  });
});
