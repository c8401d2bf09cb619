import type { Labels } from '../manifests/selector';

/** How pods of a mesh get its proxy. */
export interface Injection {
  /** `Istio`, `Linkerd`. */
  readonly mesh: string;
  /** Whether the proxy stands in the pods, which get it when they are made; else the nodes have it, which holds at once. */
  readonly inPods: boolean;
  /** The label or annotation that decides. */
  readonly name: string;
}

type Marks = Readonly<Record<string, string>>;

const ISTIO: Injection = { mesh: 'Istio', inPods: true, name: 'istio-injection' };
const ISTIO_REVISION: Injection = { ...ISTIO, name: 'istio.io/rev' };
const AMBIENT: Injection = { mesh: 'Istio', inPods: false, name: 'istio.io/dataplane-mode' };
const LINKERD: Injection = { mesh: 'Linkerd', inPods: true, name: 'linkerd.io/inject' };
const KUMA: Injection = { mesh: 'Kuma', inPods: true, name: 'kuma.io/sidecar-injection' };

/**
 * The proxies that a namespace asks for: istio.io/latest/docs/setup/additional-setup/sidecar-injection, istio.io/latest/docs/ambient/usage/add-workloads,
 * linkerd.io/2/features/proxy-injection, kuma.io/docs/latest/production/dp-config/dpp-on-kubernetes.
 */
export function injectionsOfNamespace(labels: Labels, annotations: Marks): readonly Injection[] {
  const istio = labels['istio-injection'];
  return [
    // The older label decides where both are there.
    ...(istio === 'enabled' ? [ISTIO] : istio === undefined && labels['istio.io/rev'] ? [ISTIO_REVISION] : []),
    ...(labels['istio.io/dataplane-mode'] === 'ambient' ? [AMBIENT] : []),
    ...(isOn(annotations['linkerd.io/inject']) ? [LINKERD] : []),
    ...(isOn(labels['kuma.io/sidecar-injection'] ?? annotations['kuma.io/sidecar-injection']) ? [KUMA] : []),
  ];
}

/** What the template of pods says of itself: `true`, `false`, or nothing. */
export function injectionsOfPods(labels: Labels, annotations: Marks): ReadonlyMap<Injection, boolean> {
  const said = [
    [ISTIO, labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject']],
    [AMBIENT, labels['istio.io/dataplane-mode'] === 'none' ? 'false' : labels['istio.io/dataplane-mode']],
    [LINKERD, annotations['linkerd.io/inject']],
    [KUMA, labels['kuma.io/sidecar-injection'] ?? annotations['kuma.io/sidecar-injection']],
  ] as const;
  return new Map(
    said.flatMap(([injection, value]) => (value === undefined ? [] : [[injection, isOn(value)] as const])),
  );
}

/** `enabled`, `ingress`, `true`, `ambient`; not `disabled`, nor any other word. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && ['enabled', 'ingress', 'true', 'ambient'].includes(value);
}
