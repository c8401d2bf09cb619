import { kubernetesVersionIn, minorOf } from '../../model/kubernetes-version';

test('the minor version is a number, so that 1.9 is older than 1.28', () => {
  expect(minorOf('1.28')).toBe(28);
  expect(minorOf('1.9')).toBeLessThan(minorOf('1.28'));
});

test.each(['1.31', 'v1.31', '1.31.2', 'v1.31.2', 'v1.31.2-gke.100', '1.31.2+k3s1', 'v1.31+', '1.31-alpha'])(
  '%s names 1.31',
  (text) => expect(kubernetesVersionIn(text)).toBe('1.31'),
);

test.each(['', '1', '1.', '2.31', 'x1.31', '1.31x', '1.031', 'vv1.31', '1.x', 'latest', '11.31', ' 1.31'])(
  '"%s" names none',
  (text) => expect(kubernetesVersionIn(text)).toBeUndefined(),
);
