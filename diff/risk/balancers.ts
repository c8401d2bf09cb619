import type { Resource } from '../../manifests/resource';
import { list, strings } from '../../manifests/resource';
import type { Block } from '../../simulate/network/addresses';
import { ALL_IPV4, ALL_IPV6, readBlock } from '../../simulate/network/addresses';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { fieldAt } from './paths';

/** Who reaches a load balancer, as its manifest asks for it; `default`: as the cluster's controller decides. */
export type BalancerReach = 'internal' | 'public' | 'default';

/** Annotations of clouds by which a Service asks for a load balancer within their networks, with the values that do and those that ask for a public one. */
const REACH: readonly (readonly [name: RegExp, internal: RegExp, open: RegExp])[] = [
  [/^service\.beta\.kubernetes\.io\/aws-load-balancer-scheme$/, /^internal$/, /^internet-facing$/],
  // Anything but false, 0.0.0.0/0 among it (cloud-provider-aws, pkg/providers/v1/aws.go).
  [/^service\.beta\.kubernetes\.io\/aws-load-balancer-internal$/, /^(?!false$)./, /^false$/],
  [/^(networking\.gke\.io|cloud\.google\.com)\/load-balancer-type$/, /^internal$/i, /^external$/i],
  [
    /^service\.beta\.kubernetes\.io\/(azure|openstack|oci)-(internal-load-balancer|load-balancer-internal)$/,
    /^true$/,
    /^false$/,
  ],
  [/^oci-network-load-balancer\.oraclecloud\.com\/internal$/, /^true$/, /^false$/],
  [/^service\.beta\.kubernetes\.io\/alibaba-cloud-loadbalancer-address-type$/, /^intranet$/, /^internet$/],
  [/^service\.kubernetes\.io\/ibm-load-balancer-cloud-provider-ip-type$/, /^private$/, /^public$/],
  [/^service\.beta\.kubernetes\.io\/do-loadbalancer-network$/, /^INTERNAL$/i, /^EXTERNAL$/i],
  [/^service\.beta\.kubernetes\.io\/scw-loadbalancer-private$/, /^true$/, /^false$/],
  [/^load-balancer\.hetzner\.cloud\/disable-public-network$/, /^true$/, /^false$/],
  [/^service\.kubernetes\.io\/qcloud-loadbalancer-internal-subnetid$/, /./, /^$/],
  [/^yandex\.cloud\/load-balancer-type$/, /^internal$/, /^external$/],
  // Controllers of Ingresses.
  [/^alb\.ingress\.kubernetes\.io\/scheme$/, /^internal$/, /^internet-facing$/],
  [/^appgw\.ingress\.kubernetes\.io\/use-private-ip$/, /^true$/, /^false$/],
];

/** Who reaches the load balancer of a Service, an Ingress or a Gateway. */
export function reachOf(resource: Resource): BalancerReach {
  let reach: BalancerReach = isOfAlb(resource) ? 'internal' : 'default';
  for (const [name, value] of Object.entries(balancerAnnotations(resource))) {
    const known = REACH.find(([pattern]) => pattern.test(name));
    if (known?.[1].test(value)) return 'internal';
    if (known?.[2].test(value)) reach = 'public';
  }
  return reach;
}

/** The annotation whose change decides who reaches a load balancer, or which one it is. */
export function balancerField(change: ObjectChange, isOf: (name: string) => boolean): FieldChange | undefined {
  const own = change.fields.filter(({ path }) => path[0] === 'metadata' && path[1] === 'annotations');
  return own.find(({ path }) => isOf(String(path[2]))) ?? own[0] ?? fieldAt(change, ['spec', 'infrastructure']);
}

/** Whether an annotation says who reaches a load balancer. */
export function saysReach(name: string): boolean {
  return REACH.some(([pattern]) => pattern.test(name));
}

/** Whether an annotation places a load balancer. */
export function saysPlace(name: string): boolean {
  return PLACED.test(name);
}

/** A Gateway hands these on to the Service that its controller makes. */
function balancerAnnotations(resource: Resource): Readonly<Record<string, string>> {
  return { ...resource.annotations, ...strings(resource.at(['spec', 'infrastructure', 'annotations'])) };
}

/** The AWS Load Balancer Controller makes an internal one unless an Ingress says otherwise (docs/guide/ingress/annotations.md). */
function isOfAlb(resource: Resource): boolean {
  const classes = [resource.at(['spec', 'ingressClassName']), resource.annotations['kubernetes.io/ingress.class']];
  return resource.kind === 'Ingress' && classes.includes('alb');
}

/** Annotations that choose a load balancer or its address: with another value it is made anew, or gets another address. */
const PLACED =
  /^service\.beta\.kubernetes\.io\/(aws-load-balancer-(type|nlb-target-type|name|subnets|eip-allocations|private-ipv4-addresses|ip-address-type)|azure-(load-balancer-internal-subnet|load-balancer-ipv4|load-balancer-ipv6|pip-name|pip-prefix-id|load-balancer-resource-group|dns-label-name))$|^networking\.gke\.io\/(load-balancer-ip-addresses|internal-load-balancer-subnet)$|^cloud\.google\.com\/l4-rbs$|^(metallb\.(universe\.tf|io))\/(loadBalancerIPs|address-pool|ip-allocated-from-pool|allow-shared-ip)$|^(lbipam|io)\.cilium(\.io)?\/(ips|lb-ipam-ips|sharing-key)$|^kube-vip\.io\/loadbalancerIPs$|^alb\.ingress\.kubernetes\.io\/(group\.name|load-balancer-name|subnets|ip-address-type)$|^kubernetes\.io\/ingress\.(global-static-ip-name|regional-static-ip-name)$/;

/** The annotations that place a load balancer, with their values. */
export function placingAnnotations(resource: Resource): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(balancerAnnotations(resource)).filter(([name]) => PLACED.test(name)));
}

const RANGES = /^service\.beta\.kubernetes\.io\/(load-balancer-source-ranges|azure-allowed-ip-ranges)$/;

/** Who a Service's load balancer takes requests from: its field, or else an annotation (k8s.io/cloud-provider, service/helpers/helper.go). */
export function sourceRangesOf(service: Resource): readonly string[] {
  const own = list(service.at(['spec', 'loadBalancerSourceRanges'])).map(String);
  if (own.length > 0) return own;
  return Object.entries(service.annotations).flatMap(([name, value]) => (RANGES.test(name) ? rangesIn(value) : []));
}

/** The addresses of `10.0.0.0/8, 192.0.2.7`. */
export function rangesIn(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

/** Those of some ranges; all addresses where there is none. */
export function sourceBlocks(ranges: readonly string[]): readonly Block[] {
  return ranges.length === 0 ? [ALL_IPV4, ALL_IPV6] : ranges.flatMap((range) => readBlock(range.trim()) ?? []);
}
