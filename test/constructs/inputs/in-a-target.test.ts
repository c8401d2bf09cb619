import type { App } from 'cdk8s';
import { shared } from '../../../clusters/shared';
import { FromYaml } from '../../../constructs/inputs/from-yaml';
import { Component } from '../../../constructs/synthesis/component';
import { originsOf } from '../../../constructs/synthesis/stacks';
import { synthesize } from '../../../constructs/synthesis/synthesis';
import { dev } from '../../../environments/dev';
import { networkPolicies, prometheus } from '../../../features';
import { feature } from '../../../features/feature';
import { patch } from '../../../model/patch';
import { rendersOf } from '../../../render/explain/counterfactual';
import { explainObject } from '../../../render/explain/explain';
import { explanationText } from '../../../render/explain/text';
import { asWritten } from '../../../render/plan';
import { platformOf } from '../../support/render';
import { chartIn, DEPLOYMENT, folderOf } from './support';

describe('beside the workloads of a platform', () => {
  const queue = feature('queue', {
    group: 'practice',
    summary: 'a queue that somebody else wrote',
    apply: (context) => {
      const input = new FromYaml(context.component('queue'), 'queue', {
        text: DEPLOYMENT.replaceAll('web', 'queue'),
        namespace: context.namespace,
      });
      const workload = input.workload('Deployment/queue');
      workload.servesMetrics('http');
      context.workloads.find(({ app }) => app === 'exporter')!.connectsTo(workload.port('http'), { as: 'QUEUE' });
    },
  });

  test.each([[[networkPolicies, prometheus, queue]], [[queue, prometheus, networkPolicies]]])(
    'features scrape its pods and let its flows pass',
    (features) => {
      const objects = platformOf(dev, shared, features);
      const policy = JSON.stringify(objects.get('NetworkPolicy', 'queue-flows').spec);
      expect(policy).toContain('"app.kubernetes.io/name":"prometheus"');
      expect(policy).toContain('"app.kubernetes.io/name":"exporter"');
      expect(JSON.stringify(objects.get('NetworkPolicy', 'exporter').spec.egress)).toContain('"app":"queue"');
      expect(objects.of('ConfigMap').some(({ data }) => data['prometheus.yml']?.includes('job_name: queue'))).toBe(
        true,
      );
    },
  );
});

describe('explained', () => {
  const paused = patch('Deployment/web', { spec: { paused: true } }, 'nobody needs it today');
  const image = patch('Deployment/web', { metadata: { annotations: { a: 'b' } } }, 'a tool reads it');
  const build = () => {
    const { root } = chartIn(folderOf({ 'vendor/web.yaml': `# web\n${DEPLOYMENT}` })).node;
    const app = root as App;
    app.node.tryRemoveChild('test');
    new FromYaml(new Component(app, 'web'), 'input', { path: 'vendor/web.yaml', patches: [paused, image] });
    return app;
  };
  const explained = (field: string) => {
    const target = { name: 'dev@kind', path: 'kind/dev', history: new Map(), patches: [], features: [] } as never;
    const renders = rendersOf<never>(target, () => synthesize(build()).map(asWritten));
    return explanationText(
      explainObject(renders, 'Deployment/web', field),
      target,
      ['platform.ts:1'],
      () => 'platform.ts:2',
    );
  };

  test('a field of an input is told by the line that it is written in, and by the patch that moves it', () => {
    expect(explained('spec.paused')).toEqual([
      'Deployment/web, in kind/dev/*-web.yaml',
      '  written in vendor/web.yaml:2',
      '  made by platform.ts:1',
      '  spec.paused: true',
      '  moved by patch of Deployment/web (platform.ts:2: "nobody needs it today")',
      '    without it: unset',
    ]);
  });

  test('a field that no patch moves is moved by none', () => {
    expect(explained('metadata.annotations').filter((line) => line.includes('moved'))).toEqual([
      '  moved by patch of Deployment/web (platform.ts:2: "a tool reads it")',
    ]);
    expect(explained('spec.selector').at(-1)).toBe('  moved by no setting of a layer, no patch and no feature');
  });

  test('its line in the program is known', () => {
    expect([...originsOf(build).keys()]).toEqual(['Deployment/web']);
    expect([...originsOf(build).values()][0]).toContain('in-a-target.test.ts');
  });
});
