import { quantityText } from '../../../manifests/quantity';
import { list, record } from '../../../manifests/resource';
import { amounts } from '../../../world/pod-amounts';
import { check } from '../../check';

const manifests = (more: string) => `
apiVersion: v1
kind: LimitRange
metadata: { name: defaults, namespace: shop }
spec: { limits: [{ type: Container, default: { cpu: '2', memory: 512Mi }${more} }] }
`;

export default check({
  id: 'limitrange-implies-request',
  group: 'resources',
  description: 'a LimitRange that gives containers a CPU limit says what they request as well',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/policy/limit-range/',
  fix: 'set defaultRequest.cpu to what a container usually needs',
  example: {
    broken: manifests(''),
    fails: ['LimitRange/shop/defaults spec.limits[0].default.cpu'],
    fixed: manifests(', defaultRequest: { cpu: 100m }'),
  },
  *judge(world) {
    for (const resource of world.of('LimitRange')) {
      for (const [i, entry] of list(resource.at(['spec', 'limits'])).entries()) {
        const item = record(entry);
        if (item?.['type'] !== 'Container' || amounts(item['defaultRequest']).has('cpu')) continue;
        // A maximum is the default limit where none is set (pkg/apis/core/v1/defaults.go, SetDefaults_LimitRangeItem).
        const field = ['default', 'max'].find((each) => amounts(item[each]).has('cpu'));
        if (field === undefined) continue;
        const amount = amounts(item[field]).get('cpu')!;
        yield {
          ...{ resource, path: ['spec', 'limits', i, field, 'cpu'], value: record(item[field])?.['cpu'] },
          message: `a container that says nothing of CPU gets this ${field === 'max' ? 'maximum' : 'limit'} of ${quantityText(amount, 'cpu')} as its request as well: nodes and quotas count as full while they are idle`,
        };
      }
    }
  },
});
