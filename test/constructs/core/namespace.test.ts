import type { AppNamespaceProps } from '../../../constructs/core/namespace';
import { AppNamespace } from '../../../constructs/core/namespace';
import { podOf, rendered, workloadIn } from '../../support/render';

const labelsOf = (props: AppNamespaceProps) =>
  rendered((chart) => new AppNamespace(chart, 'it', props)).get('Namespace').metadata.labels;

test("a namespace enforces the restricted standard of its cluster's version", () => {
  expect(labelsOf({ name: 'shop', kubernetes: '1.34' })).toMatchObject({
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': 'v1.34',
    'pod-security.kubernetes.io/warn': 'restricted',
    'pod-security.kubernetes.io/warn-version': 'v1.34',
  });
});

test('a namespace with all props has their labels, and its pods its credentials', () => {
  const all: Required<AppNamespaceProps> = {
    name: 'shop',
    kubernetes: '1.35',
    podSecurity: 'baseline',
    labels: { access: 'public' },
    imagePullSecrets: ['registry', 'mirror'],
    exists: false,
  };
  expect(labelsOf(all)).toMatchObject({
    'pod-security.kubernetes.io/enforce': 'baseline',
    'pod-security.kubernetes.io/enforce-version': 'v1.35',
    'pod-security.kubernetes.io/warn': 'baseline',
    access: 'public',
  });
  const objects = rendered((chart) => workloadIn(chart, 'till', { namespace: new AppNamespace(chart, 'it', all) }));
  expect(objects.get('Deployment').metadata.namespace).toBe('shop');
  expect(podOf(objects).spec.imagePullSecrets).toEqual([{ name: 'registry' }, { name: 'mirror' }]);
});

test('a namespace that somebody else creates is not rendered', () => {
  const objects = rendered(
    (chart) => new AppNamespace(chart, 'it', { name: 'shop', kubernetes: '1.35', exists: true }),
  );
  expect(objects.names).toEqual([]);
});
