import { App, Testing } from 'cdk8s';
import { PROJECT_ROOT } from '../../../constructs/inputs/files';
import type { FromYamlProps } from '../../../constructs/inputs/from-yaml';
import { FromYaml } from '../../../constructs/inputs/from-yaml';
import { Component } from '../../../constructs/synthesis/component';
import { synthesize } from '../../../constructs/synthesis/synthesis';
import type { KubernetesObject } from '../../../model/kubernetes';
import { patch } from '../../../model/patch';
import { refusal } from '../../support/render';
import { chartIn, folderOf } from './support';

const value = 'ENC[AES256_GCM,data:cGFzcw==,iv:aXY=,tag:dGFn,type:str]';
const encrypted = (kind: string, more = '') => `apiVersion: v1
kind: ${kind}
metadata: { name: database${more} }
${kind === 'Secret' ? 'stringData' : 'data'}: { password: '${value}' }
sops: { mac: '${value.replace('cGFzcw==', 'bWFj')}', version: 3.9.0 }
`;
const files = {
  'secret.yaml': encrypted('Secret', ', namespace: shop'),
  'config.yaml': encrypted('ConfigMap'),
  'open.yaml': encrypted('Secret').replace(/^sops.*\n/m, ''),
};

/** What an input of a Chart that adds nothing renders. */
function rendered(props: FromYamlProps): KubernetesObject[] {
  const chart = chartIn(folderOf(files));
  new FromYaml(chart, 'input', props);
  return Testing.synth(chart) as KubernetesObject[];
}

test('what SOPS encrypted is rendered as it is where nothing is added', () => {
  expect(rendered({ path: 'secret.yaml' })).toEqual([
    expect.objectContaining({ kind: 'Secret', metadata: { name: 'database', namespace: 'shop' } }),
  ]);
});

describe('what SOPS encrypted is refused where it would change, with the field', () => {
  test.each([
    ['labels', { path: 'secret.yaml', labels: { team: 'shop' } }, 'metadata.labels'],
    ['a namespace', { path: 'config.yaml', namespace: { name: 'shop' } }, 'metadata.namespace'],
    ['a name', { path: 'config.yaml', rename: { 'ConfigMap/database': 'db' } }, 'metadata.name'],
    [
      'a patch',
      { path: 'config.yaml', patches: [patch('ConfigMap/database', { data: { more: 'x' } }, 'a test')] },
      'data',
    ],
  ] satisfies [string, FromYamlProps, string][])('%s', (_what, props, field) => {
    const { place, message } = refusal(() => rendered(props));
    expect(place).toContain(props.path);
    expect(message).toContain(
      `encrypted by SOPS, which refuses an object that somebody changed, and ${field} would change`,
    );
  });

  test('the labels of a component', () => {
    const app = new App();
    app.node.setContext(PROJECT_ROOT, folderOf(files));
    new FromYaml(new Component(app, 'database'), 'input', { path: 'secret.yaml' });
    expect(refusal(() => synthesize(app)).message).toContain("without: ['Secret/database']");
  });

  test('not in a component that adds nothing', () => {
    const app = new App();
    app.node.setContext(PROJECT_ROOT, folderOf(files));
    new FromYaml(new Component(app, 'database', { plain: true }), 'input', { path: 'secret.yaml' });
    expect(synthesize(app)[0]!.objects[0]).toHaveProperty('sops.version', '3.9.0');
  });
});

test('an object that only looks like it changes like any other', () => {
  expect(rendered({ path: 'open.yaml', labels: { team: 'shop' } })[0]!.metadata.labels).toEqual({ team: 'shop' });
});
