import { cloud } from '../../../clusters/cloud';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import type { UptimeKumaProps } from '../../../constructs/monitoring/uptime-kuma';
import { UptimeKuma } from '../../../constructs/monitoring/uptime-kuma';
import { dev } from '../../../environments/dev';
import { uptimeKuma } from '../../../features';
import { images } from '../../../model/images';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, platformOf, refusal, rendered, STORAGE, workloadIn } from '../../support/render';

type Props = Omit<UptimeKumaProps, 'namespace' | 'watches'>;
const kuma = (props: Partial<Props> = {}, podSecurity: 'baseline' | 'restricted' = 'baseline') =>
  rendered((chart) => {
    const shop = workloadIn(chart, 'shop', { container: { ports: { http: 8080 } } });
    const { workload } = new UptimeKuma(chart, 'uptime-kuma', {
      namespace: namespaceIn(chart, { name: 'status', podSecurity }),
      watches: [shop.port('http')],
      storage: STORAGE,
      ...props,
    });
    new FlowPolicy(workload, 'policy', { workload });
  });

describe('an Uptime Kuma with no more than it needs', () => {
  const objects = kuma();
  const { spec } = objects.get('StatefulSet');
  const [container] = spec.template.spec.containers;

  test('is one pod with a database that goes with it', () => {
    expect(spec.replicas).toBe(1);
    expect(container?.image).toBe(images.uptimeKuma);
    expect(spec.volumeClaimTemplates?.[0]?.spec).toMatchObject({
      storageClassName: 'slow',
      resources: { requests: { storage: '1Gi' } },
    });
    expect(spec.persistentVolumeClaimRetentionPolicy?.whenDeleted).toBe('Delete');
    expect(container?.volumeMounts).toEqual([{ name: 'data', mountPath: '/app/data' }]);
  });

  test('meets the baseline standard, and no more', () => {
    expect(podSecurityViolations(spec.template.spec, 'baseline')).toEqual([]);
    expect(podSecurityViolations(spec.template.spec, 'restricted')).not.toEqual([]);
  });

  test('leaves root when it has taken over its volume', () => {
    expect(container?.env).toEqual([
      { name: 'PUID', value: '1000' },
      { name: 'PGID', value: '1000' },
    ]);
  });

  test('shows its page at a Service', () => {
    expect(objects.get('Service', 'uptime-kuma').spec.ports).toEqual([
      { name: 'http', port: 3001, targetPort: 'http' },
    ]);
  });

  test('may reach what it watches, through its Service', () => {
    expect(objects.get('Service', 'shop').spec.ports).toHaveLength(1);
    expect(objects.get('NetworkPolicy').spec.egress?.[0]?.to?.[0]?.podSelector?.matchLabels).toEqual({
      'app.kubernetes.io/name': 'shop',
    });
  });
});

test('an Uptime Kuma with all props has the volume that they say', () => {
  const all: Required<Props> = { storage: [{ ...STORAGE[0]!, name: 'other' }], volume: '3Gi' };
  expect(kuma(all).get('StatefulSet').spec.volumeClaimTemplates?.[0]?.spec).toMatchObject({
    storageClassName: 'other',
    resources: { requests: { storage: '3Gi' } },
  });
});

test('a restricted namespace refuses it, with its reason', () => {
  expect(refusal(() => kuma({}, 'restricted')).message).toContain('meets only baseline (its entrypoint starts as root');
});

describe('as a feature', () => {
  const objects = platformOf(dev, cloud, [uptimeKuma]);

  test("it has a namespace of its own that admits it, so that the app's stays restricted", () => {
    const levels = objects
      .of('Namespace')
      .map(({ metadata }) => [metadata.name, metadata.labels?.['pod-security.kubernetes.io/enforce']]);
    expect(levels).toEqual([
      ['course-dev', 'restricted'],
      ['course-dev-status', 'baseline'],
    ]);
    expect(objects.get('StatefulSet', 'uptime-kuma').metadata.namespace).toBe('course-dev-status');
  });

  test('its whole page is open under a host of its own', () => {
    const { metadata, spec } = objects.get('Ingress', 'uptime-kuma');
    expect(metadata.namespace).toBe('course-dev-status');
    expect(
      spec.rules.map(({ host, http }) => [host, http.paths.map(({ path, pathType }) => `${pathType} ${path}`)]),
    ).toEqual([['course-dev-status.cloud.example.com', ['Prefix /']]]);
  });

  test('its pods pull images with the credentials that the platform team puts into every namespace', () => {
    const cluster = { ...cloud, imagePullSecrets: ['registry'] };
    expect(
      platformOf(dev, cluster, [uptimeKuma]).get('StatefulSet', 'uptime-kuma').spec.template.spec.imagePullSecrets,
    ).toEqual([{ name: 'registry' }]);
  });
});
