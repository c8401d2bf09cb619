import type { Host } from '../../cli/command';
import { shared } from '../../clusters/shared';
import { composition } from '../../composition/composition';
import { components } from '../../constructs/app/components';
import { autoscaling, disruptionBudgets, networkPolicies, prometheus } from '../../features';
import type { PlatformFeature } from '../../features/feature';
import type { ArgoRollouts } from '../../model/cluster-facts';
import { because } from '../../model/layers';
import { Matrix, target } from '../../model/matrix';
import { canary, hold, share } from '../../model/release';
import { environment } from '../../model/target';
import { course } from '../../platform';
import type { ControlledPlan } from '../../report/controlled-plan';
import { strata } from '../../tool';

const trial = environment('trial', { ephemeral: true, elsewhere: 'a test' });
const argoRollouts: ArgoRollouts = {
  version: '1.9',
  pods: { name: 'Argo Rollouts', namespaceLabels: { name: 'argo' }, podLabels: { name: 'rollouts' } },
  sharesBy: 'gateway-api',
};
const IMAGE = 'registry.example.com/course/web:1.0.0';

/** The plan of a canary by Argo Rollouts, with the features and settings that are given. */
async function planned(features: readonly PlatformFeature[], web: Record<string, unknown>, image = IMAGE) {
  const release = canary({ by: 'argo-rollouts', steps: [share(50), hold()] });
  const settings = {
    web: { image: because(image, 'a test'), release: because(release, 'a test'), ...web },
    prometheus: { form: because('discovery', 'a test') },
  };
  const all = [networkPolicies, prometheus, ...features];
  const matrix = new Matrix(components, target(trial, { ...shared, argoRollouts }, all, { settings } as never));
  const of = composition({ ...course, matrix });
  const lines: string[] = [];
  const print = (text: string) => void lines.push(text);
  const host = { env: {}, composition: () => of, print, printError: print } satisfies Host;
  const code = await strata.run(['plan', 'release', 'trial@shared', 'web', '--format', 'json'], host);
  return { code, plan: JSON.parse(lines.join('\n')) as ControlledPlan };
}
const replicas = (count: number) => ({ replicas: because(count, 'a test') });

test('the pods are those that are asked for, or the fewest that the autoscaler keeps', async () => {
  const alone = await planned([], replicas(5));
  expect(alone.plan).toMatchObject({
    replicas: 5,
    isScaled: false,
    stages: [{ next: 3, old: 5 }, { next: 5 }, { next: 5 }],
  });
  const scaled = await planned([autoscaling, disruptionBudgets], replicas(4));
  expect(scaled.plan).toMatchObject({ replicas: 2, isScaled: true });
});

test('what would break in the target as it is, and where the image is set', async () => {
  const { plan, code } = await planned([], replicas(4));
  expect([plan.problems, code, plan.from]).toEqual([[], 0, 'target']);
  const broken = await planned([], replicas(4), 'registry.example.com/Course/web:1.0.0');
  expect(broken.plan.problems.map(({ check }) => check)).toContain('image-reference-valid');
  expect(broken.plan.problems.every(({ verdict, severity }) => verdict === 'fail' && severity === 'will-break')).toBe(
    true,
  );
  expect(broken.code).toBe(1);
});
