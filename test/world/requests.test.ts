import { hasPodResources } from '../../world/requests';
import { workload, workloadOf, worldOf } from './support';

test.each([
  ['', false],
  ['resources: {}', false],
  ['resources: { requests: { cpu: lots } }', false],
  ['resources: { requests: { cpu: 1 } }', true],
  ['resources: { limits: { cpu: 1 } }', true],
])('with %s the pod as a whole has amounts: %s', (pod, has) =>
  expect(hasPodResources(workloadOf(worldOf(workload({ pod })), 'web'))).toBe(has),
);
