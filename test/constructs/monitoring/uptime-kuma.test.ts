import { cloud } from '../../../clusters/cloud';
import { shared } from '../../../clusters/shared';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import type { UptimeKumaProps } from '../../../constructs/monitoring/uptime-kuma';
import { UptimeKuma } from '../../../constructs/monitoring/uptime-kuma';
import { dev } from '../../../environments/dev';
import { networkPolicies, uptimeKuma } from '../../../features';
import { images } from '../../../model/images';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, platformOf, rendered, STORAGE, workloadIn } from '../../support/render';

type Props = Omit<UptimeKumaProps, 'namespace' | 'watches'>;
const kuma = (props: Partial<Props> = {}) =>
  rendered((chart) => {
    const shop = workloadIn(chart, 'shop', { container: { ports: { http: 8080 } } });
    const { workload } = new UptimeKuma(chart, 'uptime-kuma', {
      namespace: namespaceIn(chart, { name: 'status', podSecurity: 'restricted' }),
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
    expect(container?.volumeMounts).toEqual([
      { name: 'data', mountPath: '/app/data' },
      { name: 'tmp', mountPath: '/tmp' },
    ]);
  });

  test('meets the restricted standard, though its entrypoint wants to be root: the program is started without it', () => {
    expect(podSecurityViolations(spec.template.spec, 'restricted')).toEqual([]);
    expect(container?.command).toEqual(['node', 'server/server.js']);
  });

  test('is the owner of the program, and of the volume', () => {
    expect(spec.template.spec.securityContext).toMatchObject({ runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 });
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

describe('as a feature', () => {
  const objects = platformOf(dev, cloud, [uptimeKuma]);

  test('it has a restricted namespace of its own, in which nothing of the app is', () => {
    const levels = objects
      .of('Namespace')
      .map(({ metadata }) => [metadata.name, metadata.labels?.['pod-security.kubernetes.io/enforce']]);
    expect(levels).toEqual([
      ['course-dev', 'restricted'],
      ['course-dev-status', 'restricted'],
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

  test('a gateway serves it, from a namespace that carries what the listener admits', () => {
    const objects = platformOf(dev, shared, [uptimeKuma, networkPolicies]);
    const { metadata, spec } = objects.get('HTTPRoute', 'uptime-kuma');
    expect(metadata.namespace).toBe('course-dev-status');
    expect(spec.hostnames).toEqual(['course-dev-status.apps.example.com']);
    expect(spec.parentRefs).toEqual([{ name: 'public', namespace: 'gateway-system', sectionName: 'https' }]);
    expect(spec.rules[0]?.backendRefs).toEqual([{ name: 'uptime-kuma', port: 3001 }]);
    expect(objects.get('Namespace', 'course-dev-status').metadata.labels).toMatchObject(
      shared.gateway!.admitsNamespaces,
    );
    // The gateway's pods come through its policy.
    expect(objects.get('NetworkPolicy', 'uptime-kuma').spec.ingress?.[0]?.from?.[0]?.podSelector?.matchLabels).toEqual(
      shared.gateway!.pods.podLabels,
    );
  });

  test('its pods pull images with the credentials that the platform team puts into every namespace', () => {
    const cluster = { ...cloud, imagePullSecrets: ['registry'] };
    expect(
      platformOf(dev, cluster, [uptimeKuma]).get('StatefulSet', 'uptime-kuma').spec.template.spec.imagePullSecrets,
    ).toEqual([{ name: 'registry' }]);
  });
});
