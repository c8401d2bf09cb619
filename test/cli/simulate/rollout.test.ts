import { all, file, node, refused, run, workload } from './support';

const facts = all(node('a'), node('b'));
const surge = 'strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }';
const web = (cpu: string) => workload('Deployment', 'web', cpu, `replicas: 2, ${surge}`);

describe('strata simulate rollout', () => {
  test('one that finishes is told with its numbers, and the exit code is 0', () => {
    const { code, text } = run('rollout', file(web('500m')), '--cluster', file(facts), '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(text)).toEqual({
      workloads: [
        {
          workload: 'Deployment/shop/web',
          verdict: 'finishes',
          strategy: 'maxSurge 1, maxUnavailable 0',
          replicas: 2,
          peak: 3,
          lowestReady: 2,
          end: {
            old: { ready: 0, unready: 0, pending: 0 },
            new: { ready: 2, unready: 0, pending: 0 },
            missing: 0,
          },
          reason: '',
        },
      ],
      notSimulated: [],
    });
  });

  test('the exit code is 1 where one stalls, and the table says with what', () => {
    const { code, text } = run('rollout', file(web('2')), '--cluster', file(facts));
    expect(code).toBe(1);
    expect(text).toContain('2 old ready, 1 new pending  0/2 nodes are available: 2 Insufficient cpu.');
    expect(text).toContain('1 workload: 0 finish, 0 depend on choices, 1 stall');
  });

  test('--unready tells what goes on serving', () => {
    const { code, text } = run('rollout', file(web('500m')), '--cluster', file(facts), '--unready');
    expect(code).toBe(1);
    expect(text).toContain('2 old ready, 1 new not ready  one new pod is not ready');
  });

  test('a Rollout of Argo is named as one that its controller carries out', () => {
    const argo = web('100m').replace('apps/v1', 'argoproj.io/v1alpha1').replace('kind: Deployment', 'kind: Rollout');
    const { code, text } = run(
      'rollout',
      file(all(argo, web('500m').replaceAll('web', 'api'))),
      '--cluster',
      file(facts),
    );
    expect(code).toBe(0);
    expect(text.split('\n').slice(-2)).toEqual([
      '1 workload: 1 finish, 0 depend on choices, 0 stall',
      'Rollout/shop/web is not simulated: the controller of Argo Rollouts replaces its pods. strata plan release TARGET SERVICE tells its stages',
    ]);
    const { text: json } = run('rollout', file(argo), '--cluster', file(facts), '--format', 'json');
    expect(JSON.parse(json)).toEqual({ workloads: [], notSimulated: ['Rollout/shop/web'] });
  });

  test('without nodes there is no answer', () => {
    expect(refused('rollout', file(web('1'))).join('\n')).toContain('needs to know the nodes of the cluster');
  });
});
