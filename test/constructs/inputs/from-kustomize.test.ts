import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Testing } from 'cdk8s';
import type { FromKustomizeProps } from '../../../constructs/inputs/from-kustomize';
import { FromKustomize } from '../../../constructs/inputs/from-kustomize';
import { INPUT_READ } from '../../../model/input-read';
import type { KubernetesObject } from '../../../model/kubernetes';
import { patch } from '../../../model/patch';
import { refusal } from '../../support/render';
import { chartIn, DEPLOYMENT, folderOf, isInstalled, names, withPrograms } from './support';

const FILES = {
  'bases/app/kustomization.yaml':
    'resources: [web.yaml]\nconfigMapGenerator:\n  - { name: settings, literals: [a=b] }\n',
  'bases/app/web.yaml': DEPLOYMENT,
  'overlays/prod/kustomization.yaml':
    'resources: [../../bases/app]\nnamePrefix: prod-\ncomponents: [../../parts/extra]\n',
  'parts/extra/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{ pairs: { a: b } }]\n',
};
const built = (folder: string, props: FromKustomizeProps) => {
  const chart = chartIn(folder);
  new FromKustomize(chart, 'input', props);
  return Testing.synth(chart) as KubernetesObject[];
};
/** What a program of this name was called with, one argument a line, and prints. */
const script = (output: string) => `#!/bin/sh\nprintf '%s\\n' "$@" > "\${0%/*}/called"\necho '${output}'\n`;
const MAP = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}';

const real = isInstalled('kustomize') ? test : test.skip;
real('builds an overlay with everything that it stands on (needs kustomize)', () => {
  const folder = folderOf(FILES);
  const objects = built(folder, {
    path: 'overlays/prod',
    namespace: { name: 'shop' },
    patches: [patch('Deployment/prod-web', { spec: { paused: true } }, 'nobody needs it today')],
  });
  expect(names(objects)).toEqual([
    expect.stringMatching(/^ConfigMap\/shop\/prod-settings-/),
    'Deployment/shop/prod-web',
  ]);
  expect(objects[1]).toMatchObject({ metadata: { labels: { a: 'b' } }, spec: { paused: true } });
  expect(built(folder, { path: 'overlays/prod' })).toEqual(built(folder, { path: 'overlays/prod' }));
});

real('says what kustomize says, without the paths of this machine (needs kustomize)', () => {
  const error = refusal(() =>
    built(
      folderOf({ ...FILES, 'bases/app/kustomization.yaml': 'resources: [web.yaml]\npatches: [{ path: none.yaml }]\n' }),
      { path: 'bases/app' },
    ),
  );
  expect([error.place, error.found]).toEqual([
    'bases/app',
    expect.stringMatching(/^kustomize build fails: .*'bases\/app\/none\.yaml'.*no such file/),
  ]);
  expect(error.message).not.toContain('strata-input-');
});

describe('the program', () => {
  test('is kustomize, or the one in kubectl where that is not installed', () => {
    const folder = folderOf(FILES);
    withPrograms({ kustomize: script(MAP), kubectl: 'exit 1' }, (place) => {
      expect(names(built(folder, { path: 'overlays/prod' }))).toEqual(['ConfigMap/a']);
      expect(readFileSync(join(place, 'called'), 'utf8')).toBe('build\noverlays/prod\n');
    });
    withPrograms({ kubectl: script(MAP) }, (place) => {
      expect(names(built(folder, { path: 'bases/app' }))).toEqual(['ConfigMap/a']);
      expect(readFileSync(join(place, 'called'), 'utf8')).toBe('kustomize\nbases/app\n');
    });
  });

  test('is asked for where neither is installed', () => {
    expect(withPrograms({}, () => refusal(() => built(folderOf(FILES), { path: 'bases/app' })).message)).toBe(
      'bases/app: is rendered by kustomize or kubectl, and neither is installed\n  fix: install kustomize or kubectl, where PATH finds it',
    );
  });

  test.each([
    [
      'Error: invalid Kustomization: json: unknown field "foo"',
      'kustomize build fails: invalid Kustomization: json: unknown field "foo"',
    ],
    [
      'E1129 10:34:55.732476   14459 run.go:72] "command failed" err=<\n\tit is broken\n >',
      'kustomize build fails: it is broken',
    ],
    ["# Warning: 'commonLabels' is deprecated.\nError: no", 'kustomize build fails: no'],
    ['', 'kustomize build fails: it does not say why'],
  ])('fails with %j', (stderr, found) => {
    const fails = `#!/bin/sh\ncat >&2 <<'EOF'\n${stderr}\nEOF\nexit 1\n`.replace('cat', '/bin/cat');
    expect(
      withPrograms({ kustomize: fails }, () => refusal(() => built(folderOf(FILES), { path: 'bases/app' })).found),
    ).toBe(found);
  });

  test('may not print more than an input may hold', () => {
    const endless =
      '#!/bin/sh\nwhile :; do echo "0123456789012345678901234567890123456789012345678901234567890123456789"; done\n';
    expect(
      withPrograms({ kustomize: endless }, () => refusal(() => built(folderOf(FILES), { path: 'bases/app' })).found),
    ).toBe('kustomize build prints more than 32 MiB');
  });

  test('sees nothing of the settings of who renders', () => {
    process.env['KUSTOMIZE_PLUGIN_HOME'] = '/somewhere';
    const shows =
      '#!/bin/sh\necho "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: \'$KUSTOMIZE_PLUGIN_HOME:$KUBECONFIG\'}}"\n';
    const [map] = withPrograms({ kustomize: shows }, () => built(folderOf(FILES), { path: 'bases/app' }));
    delete process.env['KUSTOMIZE_PLUGIN_HOME'];
    expect(map!['data']).toEqual({ k: ':/dev/null' });
  });
});

describe('refused before anything runs:', () => {
  const at = (files: Readonly<Record<string, string>>, path = 'app') =>
    withPrograms({}, () => refusal(() => built(folderOf(files), { path })).message);

  test.each([
    'https://example.com/team/repo//base?ref=v1',
    'example.com/team/repo',
    'git@example.com:team/repo.git',
    'ssh://git@example.com/team/repo',
    'git::https://example.com/repo',
    'https://example.com/crds.yaml',
    'team/repo?ref=v1',
  ])('a remote resource, %s', (entry) => {
    for (const field of ['resources', 'bases', 'components', 'crds', 'transformers'])
      expect(at({ 'app/kustomization.yaml': `${field}:\n  - ${entry}\n` })).toMatch(
        /^app\/kustomization.yaml: \w+ names .*, which is elsewhere.*\n.*vendor it first/,
      );
  });

  test.each([
    [
      'a base that stands on itself',
      { 'app/kustomization.yaml': 'resources: [../b]', 'b/kustomization.yaml': 'resources: [../app]' },
      /stands on itself: app → b → app/,
    ],
    ['its own folder', { 'app/kustomization.yaml': 'resources: [.]' }, /app: stands on itself: app → app/],
    [
      'a resource that is not there',
      { 'app/kustomization.yaml': 'resources: [wep.yaml]', 'app/web.yaml': '' },
      /app\/kustomization.yaml, resources: app\/wep.yaml is not there\n.*did you mean web.yaml/,
    ],
    [
      'a base without a kustomization',
      { 'app/kustomization.yaml': 'resources: [../b]', 'b/web.yaml': '' },
      /^b: has no kustomization.yaml/,
    ],
    ['two kustomizations', { 'app/kustomization.yaml': '', 'app/kustomization.yml': '' }, /has 2 of them/],
    ['no map', { 'app/kustomization.yaml': '- a' }, /is no kustomization/],
    ['no YAML', { 'app/kustomization.yaml': 'a: [' }, /^app\/kustomization.yaml:1:\d+: this cannot be read as YAML/],
    [
      'resources that are no list',
      { 'app/kustomization.yaml': 'resources: web.yaml' },
      /resources is "web.yaml", and must be a list/,
    ],
    ['charts', { 'app/kustomization.yaml': 'helmCharts: [{ name: a }]' }, /has helmCharts.*\n.*FromHelm/],
    ['a folder that is not there', {}, /input: app is not there/],
  ])('%s', (_what, files, message) => expect(at(files)).toMatch(message));

  test.each([
    'patches: [{ path: "https://example.com/p.yaml" }]',
    'configMapGenerator: [{ name: a, files: ["k=https://example.com/f"] }]',
    'secretGenerator: [{ name: a, envs: [https://example.com/f] }]',
    'patchesStrategicMerge: [https://example.com/p.yaml]',
    'openapi: { path: https://example.com/schema.json }',
    'replacements: [{ path: https://example.com/r.yaml }]',
  ])('a file that would be fetched: %s', (text) => {
    expect(at({ 'app/kustomization.yaml': text })).toMatch(/names https:\/\/example.com\/.*, which is elsewhere/);
  });

  test('but an address in what is generated is a text', () => {
    const text =
      'configMapGenerator: [{ name: a, literals: ["url=https://example.com"] }]\nlabels: [{ pairs: { path: x } }]\n';
    expect(at({ 'app/kustomization.yaml': text })).toContain('is rendered by kustomize or kubectl');
  });

  test('a file', () =>
    expect(at({ 'app/web.yaml': '' }, 'app/web.yaml')).toMatch(/app\/web.yaml is a file.*\n.*name its folder: app/));

  test('a loop of symbolic links', () => {
    const folder = folderOf({ 'app/kustomization.yaml': 'resources: [again]' });
    symlinkSync('.', join(folder, 'app/again'));
    expect(withPrograms({}, () => refusal(() => built(folder, { path: 'app' })).found)).toBe(
      'stands on itself: app → app',
    );
  });
});

test('transformers that stand inline are no paths, and a folder may be called like a host', () => {
  const files = {
    'app/kustomization.yaml': 'transformers:\n- |\n  kind: X\nresources: [example.com/team]\n',
    'app/example.com/team/kustomization.yaml': '{}',
  };
  expect(withPrograms({ kustomize: script(MAP) }, () => names(built(folderOf(files), { path: 'app' })))).toEqual([
    'ConfigMap/a',
  ]);
});

test('what builds nothing is refused', () => {
  expect(
    withPrograms({ kustomize: script('') }, () => refusal(() => built(folderOf(FILES), { path: 'bases/app' })).found),
  ).toBe('has no Kubernetes objects');
});

test('every folder and file that a kustomization stands on is told as an input', () => {
  const folder = folderOf(FILES);
  const read = new Set<string>();
  const listen = (message: unknown) => read.add(relative(folder, (message as { path: string }).path));
  subscribe(INPUT_READ, listen);
  withPrograms({ kustomize: script(MAP) }, () => built(folder, { path: 'overlays/prod' }));
  unsubscribe(INPUT_READ, listen);
  expect([...read]).toEqual(
    expect.arrayContaining(['overlays/prod', 'bases/app', 'bases/app/web.yaml', 'parts/extra']),
  );
});
