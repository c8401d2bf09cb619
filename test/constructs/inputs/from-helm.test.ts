import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import type { FromHelmProps } from '../../../constructs/inputs/from-helm';
import { FromHelm } from '../../../constructs/inputs/from-helm';
import { FromYaml } from '../../../constructs/inputs/from-yaml';
import type { KubernetesObject } from '../../../model/kubernetes';
import { patch } from '../../../model/patch';
import { toYaml } from '../../../render/yaml';
import { refusal } from '../../support/render';
import { chartIn, folderOf, isInstalled, names, withPrograms } from './support';

const CHART = {
  'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.3\nkubeVersion: ">=1.30.0-0"\n',
  'charts/web/values.yaml': 'replicas: 1\nimage: { repository: example/web, tag: "1" }\n',
  'charts/web/crds/order.yaml':
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: orders.example.com }\nspec: { group: example.com, scope: Namespaced, names: { kind: Order } }\n',
  'charts/web/templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
  annotations: { kube: {{ .Capabilities.KubeVersion.Version }}, monitors: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1/ServiceMonitor" | quote }} }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}" }] }
`,
};
type Files = Readonly<Record<string, string>>;
const namespace = { name: 'shop' };
const props = (more: Partial<FromHelmProps> = {}): FromHelmProps => ({
  chart: 'charts/web',
  namespace,
  kubernetes: '1.35',
  ...more,
});
function built(
  files: Files,
  more: Partial<FromHelmProps> = {},
  before: (chart: ReturnType<typeof chartIn>) => void = () => {},
) {
  const chart = chartIn(folderOf(files));
  before(chart);
  new FromHelm(chart, 'site', props(more));
  return Testing.synth(chart) as KubernetesObject[];
}
const template = (text: string, name = 'more.yaml'): Files => ({ ...CHART, [`charts/web/templates/${name}`]: text });
const map = (value: string, name = 'more') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { k: {{ ${value} }} }\n`;

const hasHelm = isInstalled('helm');
(hasHelm ? describe : describe.skip)('with helm', () => {
  test('a chart is rendered with its definitions, for the namespace, the version and the values', () => {
    const objects = built(CHART, { values: { replicas: 3, image: { tag: '2' } } });
    expect(names(objects)).toEqual(['CustomResourceDefinition/orders.example.com', 'Deployment/shop/site']);
    expect(objects[1]).toMatchObject({
      metadata: { annotations: { kube: 'v1.35.0', monitors: 'false' } },
      spec: { replicas: 3, template: { spec: { containers: [{ image: 'example/web:2' }] } } },
    });
  });

  test('the same chart gives the same bytes, as a folder and as an archive with archives in it', () => {
    const files = {
      ...CHART,
      'sub/part/Chart.yaml': 'apiVersion: v2\nname: part\nversion: 0.1.0\n',
      'sub/part/templates/a.yaml': map('"x"', 'part'),
    };
    const folder = folderOf(files);
    const tar = (...args: string[]) => expect(spawnSync('tar', args, { cwd: folder }).status).toBe(0);
    spawnSync('mkdir', [join(folder, 'charts/web/charts')]);
    tar('-czf', 'charts/web/charts/part-0.1.0.tgz', '-C', 'sub', 'part');
    tar('-czf', 'charts/web-1.2.3.tgz', '-C', 'charts', 'web');
    const text = (chart: string) => {
      const place = chartIn(folder);
      new FromHelm(place, 'site', props({ chart }));
      return (Testing.synth(place) as KubernetesObject[]).map(toYaml).join('---\n');
    };
    expect(text('charts/web-1.2.3.tgz')).toBe(text('charts/web'));
    expect(text('charts/web')).toContain('name: part');
  });

  test('files of values are read before the values', () => {
    const files = {
      ...CHART,
      'values/all.yaml': 'replicas: 4\nimage: { tag: "4" }\n',
      'values/prod.yaml': 'replicas: 5\n',
    };
    const [, web] = built(files, {
      valuesFiles: ['values/all.yaml', 'values/prod.yaml'],
      values: { image: { repository: 'mine/web' } },
    });
    expect(web).toMatchObject({ spec: { replicas: 5, template: { spec: { containers: [{ image: 'mine/web:4' }] } } } });
  });

  test('what the cluster has is told: by name, and by the definitions at hand', () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'servicemonitors.monitoring.coreos.com' },
      spec: {
        group: 'monitoring.coreos.com',
        names: { kind: 'ServiceMonitor' },
        scope: 'Namespaced',
        versions: [{ name: 'v1', served: true }],
      },
    };
    const monitors = (objects: readonly KubernetesObject[]) => objects.at(-1)!.metadata.annotations!['monitors'];
    expect(monitors(built(CHART))).toBe('false');
    expect(monitors(built(CHART, { apiVersions: ['monitoring.coreos.com/v1/ServiceMonitor'] }))).toBe('true');
    expect(
      monitors(built(CHART, {}, (chart) => new FromYaml(chart, 'crds', { text: JSON.stringify(definition) }))),
    ).toBe('true');
  });

  test('its objects are changed like those of any input', () => {
    const [web] = built(CHART, {
      without: ['CustomResourceDefinition/*'],
      rename: { 'Deployment/site': 'front' },
      images: { 'docker.io/': 'registry.example.com/' },
      labels: { team: 'shop' },
      patches: [patch('Deployment/front', { spec: { paused: true } }, 'nobody needs it today')],
    });
    expect(web).toMatchObject({
      metadata: { name: 'front', labels: { team: 'shop' } },
      spec: { paused: true, template: { spec: { containers: [{ image: 'registry.example.com/example/web:1' }] } } },
    });
  });

  describe('what is another thing with every render is refused, by its object and field:', () => {
    test.each([
      ['a password', map('randAlphaNum 12 | quote')],
      ['a certificate', map('(genCA "a" 1).Cert | b64enc')],
      ['an identifier', map('uuidv4 | quote')],
      ['the time, which is the same within a second', map('now | date "2006-01-02 15" | quote')],
      [
        'the time in a helper of another file',
        `{{ define "t" }}{{ now | unixEpoch }}{{ end }}\n---\n${map('include "t" . | quote')}`,
      ],
    ])('%s', (_what, text) => {
      const error = refusal(() => built(template(text)));
      expect([error.place, error.found]).toEqual([
        'charts/web, templates/more.yaml',
        'ConfigMap/shop/more, data.k: is another one with every render, so it would change in the cluster each time',
      ]);
      expect(error.fixes[1]).toContain("without: ['ConfigMap/more']");
    });

    test('but what is made up and not used, left out, or patched away is none', () => {
      const eager = template(map('default (randAlphaNum 12) .Values.password | quote'));
      expect(built(eager, { values: { password: 'known' } })[1]).toMatchObject({ data: { k: 'known' } });
      expect(names(built(eager, { without: ['ConfigMap/more'] }))).not.toContain('ConfigMap/shop/more');
      expect(
        built(eager, { patches: [patch('ConfigMap/more', { data: { k: 'known' } }, 'the same each time')] })[1],
      ).toMatchObject({ data: { k: 'known' } });
    });

    test('a word that only looks like the time is left alone', () => {
      const text = map('printf "now %s %s" .Values.now ("lookup \\" now") | quote').replace(
        '{{',
        '{{/* now, lookup "a" */}}{{ $now := "n" }}{{',
      );
      expect(built(template(text), { values: { now: 'later' } })[1]).toMatchObject({
        data: { k: 'now later lookup " now' },
      });
    });
  });

  describe('a chart that looks into the cluster', () => {
    const looking = template(
      `{{ if not .Values.secret }}\n${map('(lookup "v1" "Secret" "shop" "x").data | default "none" | quote')}{{ end }}`,
    );

    test('is refused where it does, with the line', () => {
      const error = refusal(() => built(looking));
      expect([error.place, error.found]).toEqual([
        'charts/web, web/templates/more.yaml:5',
        'reads the cluster (lookup), and a render has none: it would find nothing each time',
      ]);
    });

    test('is rendered where it need not, and where nothing is what it should find', () => {
      expect(names(built(looking, { values: { secret: 'x' } }))).toEqual([
        'CustomResourceDefinition/orders.example.com',
        'Deployment/shop/site',
      ]);
      expect(built(looking, { lookups: 'find nothing' })[1]).toMatchObject({ data: { k: 'none' } });
    });

    test('leaves no copy behind', () => {
      const copies = () => readdirSync(tmpdir()).filter((name) => name.startsWith('strata-chart-')).length;
      const before = copies();
      refusal(() => built(looking));
      expect(copies()).toBe(before);
    });
  });

  describe('what helm refuses is told in one line:', () => {
    test.each<[string, Files, Partial<FromHelmProps>, RegExp]>([
      ['a template that fails', template('{{ fail "set a password" }}'), {}, /set a password/],
      ['a value that is not there', template(map('.Values.a.b.c')), {}, /nil pointer evaluating/],
      ['a template that makes no YAML', template('a: ['), {}, /web\/templates\/more.yaml/],
      ['a value of another type', CHART, { values: { image: 'web' } }, /can't evaluate field repository|another type/],
      [
        'a value that its schema refuses',
        { ...CHART, 'charts/web/values.schema.json': '{"properties": {"replicas": {"type": "integer"}}}' },
        { values: { replicas: 'many' } },
        /replicas.*integer/i,
      ],
      [
        'a cluster that is too old',
        { ...CHART, 'charts/web/Chart.yaml': CHART['charts/web/Chart.yaml'].replace('1.30', '1.99') },
        {},
        /kubeVersion|incompatible/,
      ],
      [
        'dependencies that are not there',
        {
          ...CHART,
          'charts/web/Chart.yaml': `${CHART['charts/web/Chart.yaml']}dependencies: [{ name: sql, version: 1.0.0, repository: "https://example.com" }]\n`,
        },
        {},
        /missing in charts\/ directory: sql/,
      ],
      [
        'a library',
        { ...CHART, 'charts/web/Chart.yaml': `${CHART['charts/web/Chart.yaml']}type: library\n` },
        {},
        /library charts are not installable/,
      ],
    ])('%s', (_what, files, more, message) => {
      const error = refusal(() => built(files, more));
      expect(error.found).toMatch(message);
      expect(error.message).not.toMatch(/strata-input-|--debug/);
    });
  });
});
if (!hasHelm) test.skip('helm is not installed: install it to run the tests with charts', () => {});

/** Remembers what it was called with, and prints what helm 3.20 prints of a chart. */
const FAKE = `#!/bin/sh
printf '%s\\n' "$@" >> "\${0%/*}/called"
while read -r line; do echo "values: $line"; done >> "\${0%/*}/called"
`;
const prints = (...documents: readonly string[]) =>
  `${FAKE}/bin/cat <<'EOF'\n${documents.map((text, i) => `---\n# Source: web/templates/${i}.yaml\n${text}`).join('')}EOF\n`;
const PLAIN = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';

describe('helm is called', () => {
  test('with everything that decides what a chart is, twice to see whether it is the same', () => {
    const objects = withPrograms({ helm: `${prints(PLAIN)}` }, (folder) => {
      const rendered = built(
        { ...CHART, 'v.yaml': '{}' },
        { release: 'front', values: { a: [1, 'x'] }, valuesFiles: ['v.yaml'], apiVersions: ['b/v1', 'a/v1'] },
      );
      const call =
        'template\nfront\ncharts/web\n--namespace\nshop\n--kube-version\n1.35.0\n--include-crds\n--api-versions\nb/v1\n--api-versions\na/v1\n--values\nv.yaml\n--values\n-\nvalues: {"a":[1,"x"]}\n';
      expect(readFileSync(join(folder, 'called'), 'utf8')).toBe(call + call);
      return rendered;
    });
    expect(names(objects)).toEqual(['ConfigMap/shop/a']);
  });

  test('and asked for where it is not installed', () => {
    expect(withPrograms({}, () => refusal(() => built(CHART)).message)).toBe(
      'charts/web: is rendered by helm, and that is not installed\n  fix: install helm, where PATH finds it',
    );
  });

  test('and a value that it passes over is refused', () => {
    const warns = `${prints(PLAIN)}echo 'coalesce.go:286: warning: cannot overwrite table with non table for web.image (map[tag:1])' >&2\n`;
    expect(withPrograms({ helm: warns }, () => refusal(() => built(CHART)).found)).toContain(
      'cannot overwrite table with non table for web.image',
    );
  });
});

describe('hooks become those of Argo CD', () => {
  const job = (annotations: Readonly<Record<string, string>>) =>
    `apiVersion: batch/v1\nkind: Job\nmetadata: ${JSON.stringify({ name: 'migrate', annotations })}\nspec: {}\n`;
  const hooked = (annotations: Readonly<Record<string, string>>, more: Partial<FromHelmProps> = {}) =>
    withPrograms({ helm: prints(PLAIN, job(annotations)) }, () => built(CHART, more))[1]?.metadata.annotations;
  const [hook, weight, policy] = ['helm.sh/hook', 'helm.sh/hook-weight', 'helm.sh/hook-delete-policy'];
  const [sync, wave, deleted] = [
    'argocd.argoproj.io/hook',
    'argocd.argoproj.io/sync-wave',
    'argocd.argoproj.io/hook-delete-policy',
  ];

  test.each([
    [{ [hook!]: 'pre-install' }, { [sync!]: 'PreSync' }],
    [
      { [hook!]: 'pre-install,pre-upgrade', [weight!]: '-5' },
      { [sync!]: 'PreSync', [wave!]: '-5' },
    ],
    [
      { [hook!]: 'post-install, post-upgrade', [policy!]: 'before-hook-creation,hook-succeeded' },
      { [sync!]: 'PostSync', [deleted!]: 'BeforeHookCreation,HookSucceeded' },
    ],
    [
      { [hook!]: 'pre-install,post-upgrade', other: 'kept' },
      { [sync!]: 'PreSync,PostSync', other: 'kept' },
    ],
    [{ [hook!]: 'post-delete' }, { [sync!]: 'PostDelete' }],
    [{ [hook!]: 'pre-upgrade,pre-rollback' }, { [sync!]: 'PreSync' }],
    [{ [hook!]: 'crd-install' }, undefined],
  ])('%j', (annotations, wanted) => expect(hooked(annotations)).toEqual(wanted));

  test.each(['test', 'test-success', 'test-failure'])('%s is left out', (event) => {
    expect(withPrograms({ helm: prints(PLAIN, job({ [hook!]: event })) }, () => names(built(CHART)))).toEqual([
      'ConfigMap/shop/a',
    ]);
  });

  test.each([
    ['pre-delete', 'not every Argo CD runs something before it deletes'],
    ['post-rollback', 'a rollback is a sync of an earlier commit'],
    ['pre-install,whenever', 'a hook for whenever: Helm knows no such hook'],
    ['', 'a hook for nothing'],
  ])('%j is refused, unless it is left out', (event, found) => {
    const error = refusal(() => hooked({ [hook!]: event }));
    expect([error.place, error.found, error.fixes[0]]).toEqual([
      'charts/web, templates/1.yaml',
      expect.stringContaining(found),
      "leave it out: without: ['Job/migrate']",
    ]);
    expect(hooked({ [hook!]: event }, { without: ['Job/migrate'] })).toBeUndefined();
  });

  test('a weight that is no number is refused', () => {
    expect(refusal(() => hooked({ [hook!]: 'pre-install', [weight!]: 'first' })).found).toContain('must be an integer');
  });
});

describe('refused before anything runs:', () => {
  const refused = (more: Partial<FromHelmProps>, files: Files = CHART) =>
    withPrograms({}, () => refusal(() => built(files, more)).message);

  test.each<[string, Partial<FromHelmProps>, RegExp, Files?]>([
    [
      'a chart elsewhere',
      { chart: 'oci://registry.example.com/charts/web' },
      /is elsewhere.*\n.*strata vendor oci:\/\/registry.example.com\/charts\/web/,
    ],
    ['a chart that is not there', { chart: 'charts/wep' }, /charts\/wep is not there\n.*did you mean web\?/],
    ['another version', { version: '1.2.4' }, /wants version 1.2.4 of chart web, and charts\/web is 1.2.3/],
    ['a folder that is no chart', { chart: 'charts' }, /charts: is no chart: it has no Chart.yaml/],
    [
      'a chart without a version',
      {},
      /charts\/web, Chart.yaml: version is undefined/,
      { 'charts/web/Chart.yaml': 'name: web\n' },
    ],
    ['a file that is no archive', { chart: 'charts/web/Chart.yaml' }, /is no archive of a chart/],
    ['values that are no map', { values: [] as never }, /values: is \[\], and must be a map/],
    ['a value that no file holds', { values: { a: { replicas: Number.NaN } } }, /replicas is a number that/],
    ['a function as a value', { values: { a: () => 1 } }, /a is a function that/],
    ['a file of values that is not there', { valuesFiles: ['v.yaml'] }, /valuesFiles: v.yaml is not there/],
    ['a release that is no name', { release: 'My_Release' }, /release: the name is "My_Release"/],
  ])('%s', (_what, more, message, ...[files]) => expect(refused(more, files)).toMatch(message));

  test('no namespace', () => {
    const chart = chartIn(folderOf(CHART));
    const error = refusal(() => new FromHelm(chart, 'site', { chart: 'charts/web', kubernetes: '1.35' }));
    expect(error.found).toBe('names no namespace, and a chart is installed into one');
  });

  test('a loop of symbolic links', () => {
    const folder = folderOf(CHART);
    symlinkSync('.', join(folder, 'charts/web/again'));
    expect(refusal(() => new FromHelm(chartIn(folder), 'site', props())).message).toContain('leads back to itself');
  });

  test('an archive that was damaged, or is not the one that was fetched', () => {
    const folder = folderOf(CHART);
    expect(spawnSync('tar', ['-czf', 'charts/web.tgz', '-C', 'charts', 'web'], { cwd: folder }).status).toBe(0);
    const archive = readFileSync(join(folder, 'charts/web.tgz'));
    const error = () =>
      withPrograms(
        {},
        () => refusal(() => new FromHelm(chartIn(folder), 'site', props({ chart: 'charts/web.tgz' }))).message,
      );
    const lock = (digest: string) =>
      writeFileSync(
        join(folder, 'charts.lock.yaml'),
        JSON.stringify({ charts: [{ name: 'web', version: '1', repository: 'r', file: 'charts/web.tgz', digest }] }),
      );
    lock(`sha256:${hash('sha256', archive)}`);
    expect(error()).toContain('helm, and that is not installed');
    lock('sha256:0');
    expect(error()).toMatch(
      /^charts\/web.tgz: is not the chart that was fetched: its digest is sha256:\w{64}, and charts.lock.yaml says sha256:0/,
    );
    writeFileSync(join(folder, 'charts.lock.yaml'), 'charts: [{ name: web }]');
    expect(error()).toMatch(/^charts.lock.yaml: charts\[0\] has no version/);
    lock(`sha256:${hash('sha256', archive.subarray(0, 100))}`);
    writeFileSync(join(folder, 'charts/web.tgz'), archive.subarray(0, 100));
    expect(error()).toMatch(/is no archive of a chart/);
  });
});
