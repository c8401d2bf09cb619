import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kind } from '../../../clusters/kind';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import type { LoadGeneratorProps } from '../../../constructs/practice/load-generator';
import { LoadGenerator, loadGeneratorSettings } from '../../../constructs/practice/load-generator';
import { dev } from '../../../environments/dev';
import { loadGenerator, networkPolicies } from '../../../features';
import { images } from '../../../model/images';
import { because } from '../../../model/layers';
import type { Objects } from '../../support/kubernetes';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, platformOf, refusal, rendered, workloadIn } from '../../support/render';

type Props = Omit<LoadGeneratorProps, 'namespace' | 'targets'>;
const generator = (props: Partial<Props> = {}) =>
  rendered((chart) => {
    const namespace = namespaceIn(chart);
    const shop = workloadIn(chart, 'shop', { namespace, container: { ports: { http: 8080 } } });
    const { workload } = new LoadGenerator(chart, 'load-generator', {
      namespace,
      targets: [shop.port('http')],
      ...props,
    });
    new FlowPolicy(workload, 'policy', { workload });
  });
const containerOf = (objects: Objects) => objects.get('Deployment', 'load-generator').spec.template.spec.containers[0]!;

describe('a load generator with no more than it needs', () => {
  const objects = generator();

  test('makes no load until somebody scales it up', () => {
    expect(objects.get('Deployment', 'load-generator').spec.replicas).toBe(0);
  });

  test('is a restricted busybox that cannot take a whole core', () => {
    expect(containerOf(objects).image).toBe(images.busybox);
    expect(containerOf(objects).resources?.limits).toEqual({ cpu: '500m', memory: '64Mi' });
    const { spec } = objects.get('Deployment', 'load-generator').spec.template;
    expect(podSecurityViolations(spec, 'restricted')).toEqual([]);
  });

  test('asks the Service of what it loads, and may connect to nothing else', () => {
    expect(containerOf(objects).env).toEqual([
      { name: 'TARGET_1_HOST', value: 'shop.shop.svc.cluster.local' },
      { name: 'TARGET_1_PORT', value: '80' },
    ]);
    const { ingress, egress } = objects.get('NetworkPolicy').spec;
    expect(ingress).toBeUndefined();
    expect(egress?.map(({ to, ports }) => [to?.[0]?.podSelector?.matchLabels, ports])).toEqual([
      [{ 'app.kubernetes.io/name': 'shop' }, [{ protocol: 'TCP', port: 8080 }]],
    ]);
  });
});

test('a load generator with all props has what they say', () => {
  const all: Required<Props> = {
    replicas: 3,
    path: '/info',
    connections: 2,
    pauseMilliseconds: 500,
    resources: { cpu: '1', memory: '16Mi' },
  };
  const objects = generator(all);
  expect(objects.get('Deployment', 'load-generator').spec.replicas).toBe(3);
  expect(containerOf(objects).resources?.requests).toEqual({ cpu: '1', memory: '16Mi' });
  const script = containerOf(objects).command?.[2];
  for (const part of ['/info"', 'seq 2', 'sleep 0.5']) expect(script).toContain(part);
});

test.each<[string, Partial<Props>]>([
  ['a path that the shell would read as more', { path: '/$(reboot)' }],
  ['a path that is none', { path: 'info' }],
  ['no connection', { connections: 0 }],
])('%s is refused', (_, props) => {
  expect(refusal(() => generator(props)).place).toBe(`loadGenerator.${Object.keys(props)[0]}`);
});

describe('its script, with a wget that writes down what it is asked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-load-'));
  const asked = join(folder, 'asked');
  writeFileSync(join(folder, 'wget'), `#!/bin/sh\necho "$@" >>${asked}\n`);
  chmodSync(join(folder, 'wget'), 0o755);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('asks again and again, and ends when it is told to', async () => {
    const [program, ...args] = containerOf(generator()).command!;
    const shell = spawn(program!, args, {
      env: { PATH: `${folder}:${process.env['PATH']}`, TARGET_1_HOST: 'shop', TARGET_1_PORT: '80' },
      detached: true,
      stdio: 'ignore',
    });
    const ended = once(shell, 'exit');
    try {
      while (!existsSync(asked) || readFileSync(asked, 'utf8').split('\n').length < 10)
        await new Promise((done) => setTimeout(done, 20));
      shell.kill('SIGTERM');
      expect((await ended)[0]).toBe(0);
    } finally {
      process.kill(-shell.pid!, 'SIGKILL');
    }
    expect(new Set(readFileSync(asked, 'utf8').trim().split('\n'))).toEqual(
      new Set(['-q -T 5 -O /dev/null http://shop:80/']),
    );
  });
});

test('as a feature it loads what people reach, and its policies let it', () => {
  const settings = { loadGenerator: { replicas: because(1, 'a test') } };
  const objects = platformOf(dev, kind, [loadGenerator, networkPolicies], settings);
  expect(objects.get('Deployment', 'load-generator').spec.replicas).toBe(1);
  const admitted = objects
    .get('NetworkPolicy', 'web')
    .spec.ingress?.flatMap(({ from = [] }) => from.map(({ podSelector }) => podSelector?.matchLabels));
  expect(admitted).toContainEqual({ 'app.kubernetes.io/name': 'load-generator' });
});

test("what nobody says is what the settings' defaults say", () => {
  expect(generator().all).toEqual(generator(loadGeneratorSettings.defaults).all);
});
